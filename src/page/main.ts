/** The page: what its controls do, and what is seen of the run. */

import { Captions } from './captions.js';
import { Comparison } from './comparison.js';
import { Controls } from './controls.js';
import { Digit } from './digit.js';
import { bringIntoSight, byId, later, say } from './dom.js';
import { Learner } from './learner-client.js';
import type { Frame } from './messages.js';
import { Overview } from './overview.js';
import { formatHash, parseHash, type Setup } from './setup.js';
import type { Sharing } from './sharing.js';
import type { SlowMotion } from './slow-motion.js';
import { Tiles } from './tiles.js';
import type { Tour } from './tour.js';
import type { UnitCard } from './unit-card.js';
import type { Word } from './word.js';

/** Steps a second that the slider stands for; 0 for all there is. */
const SPEEDS = [1, 2, 4, 10, 25, 60, 0];

let setup = parseHash(location.hash);
let frame: Frame | null = null;
/** Seldom asked for, and loaded when they are. */
let slow: SlowMotion | null = null;
let tour: Tour | null = null;
let card: UnitCard | null = null;
let word: Word | null = null;
let sharing: Sharing | null = null;
let hiddenWhilePlaying = false;
/** What the visitor has asked for last, which the run follows within a step or two. */
let wantsToPlay = false;
/** Whether the run has had more than one setup: then no link leads to it. */
let mixed = false;
let remembering: ReturnType<typeof setTimeout> | undefined;

const captions = new Captions();
const overview = new Overview();
const tiles = new Tiles(byId('tiles', 'div'), (unit) => openUnit(unit));
const learner = new Learner(
  (next) => comparison.take(next),
  (message) => {
    comparison.end();
    say(message);
  },
);
const controls = new Controls(setup, changed);
const digit = new Digit(learner, (unit) => openUnit(unit));
const comparison = new Comparison(learner, {
  setup: () => setup,
  show: paint,
  restart: () => {
    start(true);
    setSpeed();
  },
});
const play = byId('play', 'button');
const scrub = byId('scrub', 'input');

function paint(next: Frame): void {
  // What one world's runs differ in means nothing to another's.
  if (frame && frame.source !== next.source) comparison.end();
  frame = next;
  captions.draw(next, setup, mixed);
  overview.draw(next);
  tiles.draw(next);
  showReplay(next);
  if (next.note) say(next.note);
  if (!next.playing && wantsToPlay) wantsToPlay = false;
  const label = !next.playing ? 'Learn' : next.until === null ? 'Pause' : 'Stop';
  if (play.textContent !== label) play.textContent = label;
  byId('step', 'button').disabled = next.playing;
  scrub.disabled = next.snapshots.length < 2;
  if (next.of !== 'snapshot') {
    scrub.max = String(next.snapshots.length);
    scrub.value = scrub.max;
  }
  byId('scrub-says', 'output').textContent = next.of === 'snapshot' ? `step ${next.step.toLocaleString('en-US')}` : 'now';
  card?.follow(next);
  if (next.playing || !next.probe) return;
  if (next.of !== 'trained') remember();
  digit.follow(next);
  void followWord(next);
  slow?.follow(next);
}

async function followWord(next: Frame): Promise<void> {
  const words = next.source === 'words';
  byId('type', 'section').hidden = !words;
  byId('draw', 'section').hidden = words;
  if (!words && !word) return;
  const part = await later('What takes words apart', () => import('./word.js'));
  word ??= part && new part.Word(learner, (unit) => openUnit(unit));
  word?.follow(next);
}

/** How far a run is on its way to where a link leads. */
function showReplay({ until, step, of }: Frame): void {
  const bar = byId('replay', 'progress');
  if (until !== null) {
    if (bar.hidden) say(`Replaying to step ${until.toLocaleString('en-US')}`);
    bar.max = until;
    bar.value = step;
  } else if (!bar.hidden)
    say(of === 'run' && step < bar.max ? `Stopped at step ${step.toLocaleString('en-US')}: Learn goes on.` : '');
  bar.hidden = until === null;
}

/** The setup and the step that are seen, as an address says them; what was there beforehand has no step. */
const hashNow = () => formatHash({ ...setup, step: frame && frame.of !== 'trained' ? frame.step : 0 });

/** Whoever copies the address has what is seen. Browsers let it change but a few times a second. */
function remember(): void {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const hash = hashNow();
    if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname + location.search);
  }, 200);
}

function changed(next: Setup, takesReset: boolean): void {
  setup = next;
  // Where nothing has been learned with it yet, what is seen is the noise that it begins with.
  if (takesReset || (!wantsToPlay && (!frame || frame.of === 'trained' || (frame.of === 'run' && frame.step === 0)))) {
    start(false);
    say(`${next.samples > 2000 && takesReset ? '60,000 digits are being loaded. ' : ''}A new start, from noise: press Learn.`);
  } else {
    mixed ||= (frame?.step ?? 0) > 0;
    comparison.runs.tell({ type: 'change', setup });
  }
  comparison.offer();
  remember();
}

/** From noise, the second run too, if there is one. */
function start(playing: boolean): void {
  wantsToPlay = playing;
  mixed = false;
  setup = { ...setup, step: 0 };
  comparison.runs.tell({ type: 'start', setup, play: playing });
}

function togglePlay(): void {
  say('');
  if (wantsToPlay || frame?.playing) {
    wantsToPlay = false;
    comparison.runs.tell({ type: 'pause' });
  } else if (!frame || frame.of === 'trained') start(true);
  else {
    wantsToPlay = true;
    comparison.runs.tell({ type: 'play' });
  }
}

function setSpeed(): void {
  const slider = byId('speed', 'input');
  const perSecond = SPEEDS[Number(slider.value)];
  const text = perSecond === 0 ? 'full speed' : `${perSecond} a second`;
  byId('speed-says', 'output').textContent = text;
  slider.setAttribute('aria-valuetext', text);
  comparison.runs.tell({ type: 'speed', perSecond });
}

async function openUnit(unit: number): Promise<void> {
  tiles.choose(unit);
  const part = await later('What is known of a unit', () => import('./unit-card.js'));
  if (!part) return;
  if (!card) {
    const closed = (unit: number) => {
      tiles.choose(-1);
      return tiles.tile(unit);
    };
    card = new part.UnitCard(learner, { open: openUnit, closed });
    if (frame) card.follow(frame);
  }
  card.open(unit);
  bringIntoSight(byId('unit', 'section'));
}

play.addEventListener('click', togglePlay);
byId('to-setup', 'button').addEventListener('click', () => {
  // The first that is offered: what is hidden or disabled takes no focus.
  for (const id of ['kind', 'world']) byId(id, 'select').focus({ preventScroll: true });
  bringIntoSight(byId('setup', 'form'));
});
byId('slow-go', 'button').addEventListener('click', async () => {
  const part = await later('The step', () => import('./slow-motion.js'));
  slow ??= part && new part.SlowMotion(learner);
  if (frame) slow?.begin(frame);
});
byId('step', 'button').addEventListener('click', () => {
  say('');
  if (frame?.of === 'trained') start(false);
  comparison.runs.tell({ type: 'step' });
});
byId('reset', 'button').addEventListener('click', () => {
  start(false);
  say(`Back to the noise that seed ${setup.seed} gives.`);
});
byId('reseed', 'button').addEventListener('click', () => {
  setup = { ...setup, seed: String(1 + Math.floor(Math.random() * 99_999)) };
  start(wantsToPlay);
  say(`Seed ${setup.seed}: other noise to start from.`);
  remember();
});
byId('speed', 'input').addEventListener('input', setSpeed);
scrub.addEventListener('input', () => {
  const at = Number(scrub.value);
  comparison.runs.tell({ type: 'view', snapshot: at < Number(scrub.max) ? at : null });
});

/** What nobody sees does not run. */
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    hiddenWhilePlaying = wantsToPlay || frame?.playing === true;
    if (hiddenWhilePlaying) comparison.runs.tell({ type: 'pause' });
  } else if (hiddenWhilePlaying) {
    hiddenWhilePlaying = false;
    wantsToPlay = true;
    comparison.runs.tell({ type: 'play' });
  }
});

function open(hash: string): void {
  clearTimeout(remembering);
  setup = parseHash(hash);
  controls.show(setup);
  comparison.end();
  if (setup.step > 0) learner.tell({ type: 'start', setup, play: false });
  else if (hash.length > 1) start(false);
}
addEventListener('hashchange', ({ newURL }) => open(new URL(newURL).hash));

async function share(act: (sharing: Sharing) => void): Promise<void> {
  const part = await later('What reads and writes files', () => import('./sharing.js'));
  sharing ??=
    part &&
    new part.Sharing(learner, {
      address: () => new URL(hashNow() || '#', location.href).href,
      end: () => comparison.end(),
      restart: (file) => {
        comparison.own = file;
        start(false);
      },
      butWhy: () =>
        frame?.source === 'own'
          ? 'It holds the setup; your data stay here.'
          : mixed
            ? 'Settings were changed on the way: it leads to this setup run from the start.'
            : '',
    });
  if (sharing) act(sharing);
}
const take = (files: FileList | null | undefined) => {
  const file = files?.[0];
  if (file) void share((sharing) => sharing.take(file));
};
byId('share', 'section').addEventListener(
  'click',
  ({ target }) => void share((sharing) => sharing.press((target as Element).id)),
);
byId('file', 'input').addEventListener('change', ({ target }) => take((target as HTMLInputElement).files));
const dropping = (event: DragEvent) => {
  event.preventDefault();
  document.body.classList.toggle('dropping', event.type === 'dragover');
  if (event.type === 'drop') take(event.dataTransfer?.files);
};
for (const type of ['dragover', 'dragleave', 'drop'] as const) addEventListener(type, dropping);
byId('tour-start', 'button').addEventListener('click', async () => {
  const part = await later('The tour', () => import('./tour.js'));
  tour ??=
    part &&
    new part.Tour({
      play: () => !wantsToPlay && togglePlay(),
      openUnit,
      draw: () => digit.takeSample(),
      set: (part) => {
        const next = { ...setup, ...part };
        if (formatHash(next) === formatHash(setup)) return;
        controls.show(next);
        changed(next, false);
      },
    });
  void tour?.go(0);
});
if (formatHash(setup)) open(location.hash);
