/** Which version of Node suits each side best: a short trial of the main job. */

import { type Contestants, type Group, type Team, withPeers } from './contestants.js';
import { BATCH, type Files, OBJECTIVE, PIXELS } from './data.js';
import type { Launch, Load } from './peers/peer.js';
import { digits } from './table.js';
import { trials } from './turns.js';
import { loadAndCompare, stepSeconds } from './workloads/workload.js';

const HIDDEN = 64;
/** A trial is two stretches of training, each about so many seconds long. */
const STRETCH = 0.5;
/** The best of so many trials counts. */
const ROUNDS = 3;

/**
 * Leaves each side of `groups` the Node on which it trains fastest, and PyTorch its settings, which compete
 * in each workload anew. Returns what to tell the reader: who runs on what.
 */
export async function chooseNodes(
  { groups: all }: Contestants,
  groups: Iterable<Group>,
  files: Files,
  say: (text: string) => void,
): Promise<string[]> {
  const { path, rows } = files.mnist().train;
  const objective = OBJECTIVE;
  const load = {
    inputDim: PIXELS,
    hiddenDim: HIDDEN,
    batchSize: BATCH,
    objective,
    data: path,
    parameters: files.weights(HIDDEN),
  };
  const lines: string[] = [];
  for (const group of groups) {
    for (const [i, team] of all[group].entries()) {
      if (group === 'pytorch-topk') continue;
      if (group === 'pytorch') lines.push(await describe(team));
      else {
        const { best, line } = await choose(team, load, Math.floor(rows / BATCH), say);
        all[group][i] = [best];
        lines.push(line);
      }
    }
  }
  return lines;
}

const describe = (team: Team): Promise<string> =>
  withPeers([team.slice(0, 1)], async ([[peer]]) => `${peer.name}: ${(await peer.runsOn()).kernels}`);

async function choose(
  team: Team,
  load: Load,
  epoch: number,
  say: (text: string) => void,
): Promise<{ best: Launch; line: string }> {
  return withPeers([team], async ([peers]) => {
    const [{ name }] = peers;
    const { kernels } = await peers[0].runsOn();
    if (peers.length === 1) return { best: team[0], line: `${name}: ${kernels}` };
    await loadAndCompare(`${name}, on each Node`, peers, load, say);
    const batches = Math.min(epoch, Math.ceil(STRETCH / (await stepSeconds(peers[0], 3))));
    const seconds = await trials(peers, (peer) => stepSeconds(peer, batches), ROUNDS);
    const best = seconds.indexOf(Math.min(...seconds));
    const others = team.map(({ setting }, i) => `${setting} ${digits(1000 * seconds[i])}`).filter((_, i) => i !== best);
    const line = `${name}: ${(await peers[best].runsOn()).kernels}, ${digits(1000 * seconds[best])} ms a step; ${others.join(', ')}`;
    say(line);
    return { best: team[best], line };
  });
}
