import { short } from '../report/text.js';
import { byId, make } from './dom.js';
import type { Learner } from './learner-client.js';
import type { Frame, WordAnswer } from './messages.js';

/** A word that the visitor types: the features that it is made of. */
export class Word {
  private readonly learner: Learner;
  private readonly open: (unit: number) => void;
  private readonly input = byId('word', 'input');
  private active = false;

  constructor(learner: Learner, open: (unit: number) => void) {
    this.learner = learner;
    this.open = open;
    byId('word-form', 'form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.ask();
    });
  }

  follow({ source }: Frame): void {
    this.active = source === 'words';
    if (this.active) void this.ask();
  }

  private async ask(): Promise<void> {
    if (!this.active || this.input.value.trim() === '') return;
    try {
      this.build(await this.learner.ask('word', { text: this.input.value }));
    } catch (error) {
      byId('word-body', 'div').replaceChildren(make('p', { textContent: (error as Error).message }));
    }
  }

  private build({ word, parts, nearest }: WordAnswer): void {
    const most = parts[0]?.activation ?? 1;
    const list = make('ul', { className: 'words wide' });
    for (const { unit, activation, names } of parts) {
      const bar = make('i');
      bar.style.width = `${Math.round((100 * activation) / most)}%`;
      const open = make('button', { type: 'button', textContent: `unit ${unit}` });
      open.addEventListener('click', () => this.open(unit));
      list.append(
        make('li', {}, open, make('span', { className: 'bar' }, bar), make('b', { textContent: short(activation) }), ` ${names}`),
      );
    }
    const back = nearest.map((each) => `${each.word} (${short(each.cosine)})`).join(', ');
    byId('word-body', 'div').replaceChildren(
      make('p', { textContent: `“${word}” is made of ${parts.length} units, here by the words that each is loudest on:` }),
      list,
      make(
        'p',
        { className: 'hint' },
        `Put together again it lies nearest to ${back}. `,
        make('b', { textContent: 'Good:' }),
        ' the word itself comes first.',
      ),
    );
  }
}
