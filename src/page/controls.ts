import { short } from '../report/text.js';
import { byId, make } from './dom.js';
import { kindNamed, kinds } from './kinds.js';
import { clamp, limits, SAMPLES, type Setup, settle } from './setup.js';

/** Positions of a slider: on a logarithmic scale from `low` to `high`. */
const PLACES = 200;

const HIDDEN = [16, 36, 64, 100, 144, 196, 256];

const toPlace = (value: number, { low, high }: { low: number; high: number }) =>
  Math.round((PLACES * Math.log(value / low)) / Math.log(high / low));
/** Two digits are enough for a hand. */
const fromPlace = (place: number, { low, high }: { low: number; high: number }) =>
  Number((low * (high / low) ** (place / PLACES)).toPrecision(2));

/** The setup's controls. */
export class Controls {
  private setup: Setup;
  private readonly changed: (setup: Setup, takesReset: boolean) => void;
  private readonly kind = byId('kind', 'select');
  private readonly hidden = byId('hidden', 'select');
  private readonly samples = byId('samples', 'select');

  /** `changed` is told of every change by hand, and whether it waits for a reset. */
  constructor(setup: Setup, changed: (setup: Setup, takesReset: boolean) => void) {
    this.setup = setup;
    this.changed = changed;
    this.kind.append(...kinds.map(({ name, label }) => make('option', { value: name, textContent: label })));
    this.samples.append(
      ...SAMPLES.map((n) =>
        make('option', { value: String(n), textContent: `${n.toLocaleString('en-US')}${n === 60_000 ? ' (loads 10 MB)' : ''}` }),
      ),
    );
    const world = byId('world', 'select');
    world.addEventListener('change', () => {
      // A world has its own usual setup; the seed stays.
      this.show(settle({ world: world.value, seed: this.setup.seed }));
      this.changed(this.setup, true);
    });
    this.kind.addEventListener('change', () => {
      const strength = kindNamed(this.kind.value).strength?.start;
      this.take({ kind: this.kind.value, strength });
    });
    this.hidden.addEventListener('change', () => this.take({ hidden: Number(this.hidden.value) }, true));
    this.samples.addEventListener('change', () => this.take({ samples: Number(this.samples.value) }, true));
    this.slider('rate', limits.rate);
    this.slider('rho', limits.rho);
    this.slider('batch', limits.batch);
    this.slider('strength', null);
    byId('setup', 'form').addEventListener('submit', (event) => event.preventDefault());
    this.show(setup);
  }

  private slider(name: 'rate' | 'rho' | 'batch' | 'strength', limit: { low: number; high: number } | null): void {
    const input = byId(name, 'input');
    input.addEventListener('input', () => {
      const { strength } = kindNamed(this.setup.kind);
      const range = limit ?? strength;
      if (!range) return;
      const place = Number(input.value);
      this.take({ [name]: !limit && strength?.whole ? place : fromPlace(place, range) });
    });
  }

  private take(part: { readonly [K in keyof Setup]?: unknown }, takesReset = false): void {
    this.show(settle({ ...this.setup, ...part }));
    this.changed(this.setup, takesReset);
  }

  /** Puts every control where the setup has it. */
  show(setup: Setup): void {
    this.setup = setup;
    const { label, says, strength, rho } = kindNamed(setup.kind);
    byId('world', 'select').value = setup.world;
    this.kind.value = setup.kind;
    this.kind.title = label;
    byId('kind-says', 'p').textContent = says;
    const sizes = [...new Set([...HIDDEN, setup.hidden])].sort((a, b) => a - b);
    this.hidden.replaceChildren(
      ...sizes.map((n) => make('option', { value: String(n), textContent: String(n), selected: n === setup.hidden })),
    );
    this.samples.value = String(setup.samples);
    const slider = byId('strength', 'input');
    slider.disabled = strength === null;
    if (strength) {
      byId('strength-label', 'label').textContent = strength.label;
      const high = strength.whole ? clamp(strength.high, { ...strength, high: Math.min(strength.high, setup.hidden) }) : PLACES;
      Object.assign(slider, { min: strength.whole ? '1' : '0', max: String(high), step: '1' });
      this.put('strength', strength.whole ? setup.strength : toPlace(setup.strength, strength), setup.strength);
    } else {
      byId('strength-label', 'label').textContent = 'Strength';
      byId('strength-says', 'output').textContent = 'none';
    }
    byId('rho', 'input').disabled = !rho;
    for (const name of ['rate', 'rho', 'batch'] as const) {
      Object.assign(byId(name, 'input'), { min: '0', max: String(PLACES), step: '1' });
      this.put(name, toPlace(setup[name], limits[name]), setup[name]);
    }
    if (!rho) byId('rho-says', 'output').textContent = 'unused';
  }

  private put(name: string, place: number, value: number): void {
    const input = byId(name, 'input');
    input.value = String(place);
    input.setAttribute('aria-valuetext', short(value));
    byId(`${name}-says`, 'output').textContent = short(value);
  }
}
