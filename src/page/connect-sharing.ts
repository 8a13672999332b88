import { byId } from './dom.js';
import { later } from './later.js';
import type { Learner } from './learner-client.js';
import type { Page, Sharing } from './sharing.js';

/** Hears what is asked of links and files, and has it done by what is loaded then. */
export function connectSharing(learner: Learner, page: Page): void {
  let sharing: Sharing | null = null;
  const share = async (act: (sharing: Sharing) => void) => {
    const parts = await later('What reads and writes files');
    sharing ??= parts && new parts.Sharing(learner, page);
    if (sharing) act(sharing);
  };
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) void share((sharing) => sharing.take(file));
  };
  byId('share', 'section').addEventListener(
    'click',
    ({ target }) => void share((sharing) => sharing.press((target as Element).id)),
  );
  const input = byId('file', 'input');
  input.addEventListener('change', () => {
    take(input.files);
    // So that the same one can be chosen again.
    input.value = '';
  });
  const dropping = (event: DragEvent) => {
    event.preventDefault();
    document.body.classList.toggle('dropping', event.type === 'dragover');
    if (event.type === 'drop') take(event.dataTransfer?.files);
  };
  for (const type of ['dragover', 'dragleave', 'drop'] as const) addEventListener(type, dropping);
}
