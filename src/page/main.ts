/** The page: what its controls do, and what is seen of the run. */

import { Asked } from './asked.js';
import { Captions } from './captions.js';
import { Comparison } from './comparison.js';
import { connectSharing } from './connect-sharing.js';
import { Controls } from './controls.js';
import { Digit } from './digit.js';
import { bringIntoSight, byId, say } from './dom.js';
import { Learner } from './learner-client.js';
import type { Frame } from './messages.js';
import { Overview } from './overview.js';
import { defaults, formatHash, parseHash, type Setup, samplesNamed } from './setup.js';
import { Tiles } from './tiles.js';

/** Steps a second that the slider stands for; 0 for all there is. */
const SPEEDS = [1, 2, 4, 10, 25, 60, 0];

let setup = parseHash(location.hash);
let frame: Frame | null = null;
let hiddenWhilePlaying = false;
/** What the visitor has asked for last, which the run follows within a step or two. */
let wantsToPlay = false;
/** How many runs have been started, and whether the last has yet to show itself. */
let starts = 0;
let awaited = false;
/** What there is to learn from; while something else is being loaded, what is said when it has come. */
let here = samplesNamed(defaults);
let whenLoaded: string | null = null;
/** Whether the run has had more than one setup: then no link leads to it; and whether the one before had. */
let mixed = false;
let wasMixed = false;
/** The step that was last asked for, back in the run. */
let viewed: number | null = null;
let remembering: ReturnType<typeof setTimeout> | undefined;

const captions = new Captions();
const overview = new Overview();
const tiles = new Tiles(byId('tiles', 'div'), (unit) => asked.openUnit(unit));
const learner = new Learner(
  (next) => comparison.take(next),
  (message, instead) => {
    comparison.end();
    say(message);
    if (instead && instead.start !== starts) return;
    whenLoaded = null;
    if (instead && awaited) {
      mixed = wasMixed;
      setup = { ...instead.setup, step: 0 };
      controls.show(setup);
      comparison.offer();
    }
    awaited = false;
    wantsToPlay = false;
    label();
  },
);
const controls = new Controls(setup, changed);
const digit = new Digit(learner, (unit) => asked.openUnit(unit));
const comparison = new Comparison(learner, {
  setup: () => setup,
  show: paint,
  restart: () => {
    start(true);
    setSpeed();
  },
});
const asked = new Asked(learner, tiles, {
  play: () => !wantsToPlay && togglePlay(),
  draw: () => digit.takeSample(),
  set: (part) => {
    const next = { ...setup, ...part };
    if (formatHash(next) === formatHash(setup)) return;
    controls.show(next);
    changed(next, false);
  },
});
const play = byId('play', 'button');
const scrub = byId('scrub', 'input');

/** Nothing to say any more, but what is being loaded. */
function hush(): void {
  if (whenLoaded === null) say('');
  else whenLoaded = '';
}

const runs = () => wantsToPlay || (!awaited && frame?.playing === true);

/** The buttons, by what has been asked for. */
function label(): void {
  const replays = !awaited && frame !== null && frame.until !== null;
  const text = !runs() ? 'Learn' : replays ? 'Stop' : 'Pause';
  if (play.textContent !== text) play.textContent = text;
  byId('step', 'button').disabled = wantsToPlay || replays;
}

function paint(next: Frame): void {
  // Of a run that is no more.
  if (next.start !== starts) return;
  if (awaited) arrive();
  // What one world's runs differ in means nothing to another's, or to a model from a file; and the tour is of digits.
  const other = frame && frame.source !== next.source;
  if (other) asked.endTour();
  if (other || next.of === 'trained') comparison.end();
  frame = next;
  captions.draw(next, setup, mixed);
  overview.draw(next);
  tiles.draw(next);
  showReplay(next);
  if (next.note) say(next.note);
  if (next.note || next.of === 'trained') wantsToPlay = false;
  label();
  const { snapshots } = next;
  scrub.disabled = snapshots.length < 2;
  scrub.max = String(snapshots.length);
  // A hand may be on its way to another by now.
  if (next.of !== 'snapshot') scrub.value = scrub.max;
  else if (next.step === viewed) scrub.value = String(snapshots.indexOf(viewed));
  byId('scrub-says', 'output').textContent = next.of === 'snapshot' ? `step ${next.step.toLocaleString('en-US')}` : 'now';
  asked.follow(next);
  if (next.playing || !next.probe) return;
  if (next.of !== 'trained') remember();
  digit.follow(next);
  asked.rest(next);
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
  const nothingYet = awaited || !frame || frame.of === 'trained' || (frame.of === 'run' && frame.step === 0);
  if (takesReset || (nothingYet && !wantsToPlay)) start(false, 'A new start, from noise: press Learn.');
  else {
    mixed ||= wantsToPlay || (frame?.snapshots.length ?? 0) > 1;
    comparison.runs.tell({ type: 'change', setup });
  }
  comparison.offer();
  remember();
}

/** From noise, the second run too, if there is one; only a link has steps to go. */
function start(playing: boolean, text = ''): void {
  wantsToPlay = playing;
  if (!awaited) wasMixed = mixed;
  mixed = false;
  awaited = true;
  const own = comparison.own !== null;
  const loads = !own && samplesNamed(setup) !== here;
  whenLoaded = loads ? text : null;
  say(loads ? `${samplesNamed(setup)} are being loaded.` : text);
  comparison.runs.tell({ type: 'start', setup, play: playing, own, start: ++starts });
  setup = { ...setup, step: 0 };
  label();
}

/** What has been started is there to be seen. */
function arrive(): void {
  awaited = false;
  here = comparison.own ? '' : samplesNamed(setup);
  if (whenLoaded !== null) say(whenLoaded);
  whenLoaded = null;
}

/** Whether there is no run to go on with. */
const hasNoRun = () => !awaited && (!frame || frame.of === 'trained');

function togglePlay(): void {
  hush();
  if (runs()) {
    wantsToPlay = false;
    comparison.runs.tell({ type: 'pause' });
  } else if (hasNoRun()) start(true);
  else {
    wantsToPlay = true;
    comparison.runs.tell({ type: 'play' });
  }
  label();
}

function setSpeed(): void {
  const slider = byId('speed', 'input');
  const perSecond = SPEEDS[Number(slider.value)];
  const text = perSecond === 0 ? 'full speed' : `${perSecond} a second`;
  byId('speed-says', 'output').textContent = text;
  slider.setAttribute('aria-valuetext', text);
  comparison.runs.tell({ type: 'speed', perSecond });
}

play.addEventListener('click', togglePlay);
byId('to-setup', 'button').addEventListener('click', () => {
  // The first that is offered: what is hidden or disabled takes no focus.
  for (const id of ['kind', 'world']) byId(id, 'select').focus({ preventScroll: true });
  bringIntoSight(byId('setup', 'form'));
});
byId('step', 'button').addEventListener('click', () => {
  hush();
  if (hasNoRun()) start(false);
  comparison.runs.tell({ type: 'step' });
});
byId('reset', 'button').addEventListener('click', () => {
  start(false, `Back to the noise that seed ${setup.seed} gives.`);
});
byId('reseed', 'button').addEventListener('click', () => {
  setup = { ...setup, seed: String(1 + Math.floor(Math.random() * 99_999)) };
  controls.show(setup);
  start(wantsToPlay, `Seed ${setup.seed}: other noise to start from.`);
  remember();
});
byId('speed', 'input').addEventListener('input', setSpeed);
scrub.addEventListener('input', () => {
  wantsToPlay = false;
  viewed = frame?.snapshots[Number(scrub.value)] ?? null;
  comparison.runs.tell({ type: 'view', step: viewed });
});

/** What nobody sees does not run. */
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    hiddenWhilePlaying = runs();
    wantsToPlay = false;
    if (hiddenWhilePlaying) comparison.runs.tell({ type: 'pause' });
  } else if (hiddenWhilePlaying) {
    hiddenWhilePlaying = false;
    wantsToPlay = true;
    comparison.runs.tell({ type: 'play' });
  }
  label();
});

function open(hash: string): void {
  clearTimeout(remembering);
  setup = parseHash(hash);
  controls.show({ ...setup, step: 0 });
  comparison.end();
  comparison.own = null;
  comparison.offer();
  start(false);
}
addEventListener('hashchange', ({ newURL }) => open(new URL(newURL).hash));

connectSharing(learner, {
  address: () => new URL(hashNow() || '#', location.href).href,
  restart: (file) => {
    comparison.end();
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
if (formatHash(setup)) open(location.hash);
