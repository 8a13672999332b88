import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaults } from '../../src/page/setup.js';
import { buildPage, figureOf, missing, openSite, type Site, seenOn, untilStep } from './browsers.js';
import { lossAt } from './node-run.js';

const FOLDER = 'out/page-tested';

if (missing) {
  test(`not tried: ${missing}`, () => assert.not(process.env.CI, String(missing)));
} else {
  await buildPage(FOLDER);
  const site: Site = await openSite(FOLDER);
  test.after(() => site.close());

  /** The best of a few tries: the machine has other things to do. */
  const best = async (tries: number, measure: () => Promise<number>): Promise<number> => {
    let least = Infinity;
    for (let k = 0; k < tries; k++) least = Math.min(least, await measure());
    return least;
  };

  test('what is loaded before the data is at most 100 kB gzipped', async () => {
    const { page } = await site.open();
    await page.waitForSelector('.sheet');
    const names = (await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")) as string[];
    const own = new Set(['index.html', ...names.map((name) => name.slice(site.address.length))]);
    // Workers load theirs unseen: what learner.js imports, and what that imports.
    const queue = ['learner.js'];
    for (const name of queue) {
      own.add(name);
      const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
      for (const [, next] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) if (!queue.includes(next)) queue.push(next);
    }
    const size = (name: string) => gzipSync(readFileSync(`${FOLDER}/${name}`), { level: 9 }).length;
    const before = [...own].filter((name) => /\.(html|css|js)$/.test(name) && !name.startsWith('plots'));
    const sum = before.reduce((total, name) => total + size(name), 0);
    console.log(`${sum} bytes: ${before.map((name) => `${name} ${size(name)}`).join(', ')}`);
    assert.ok(sum <= 100_000, `${sum} bytes`);
    await page.context().close();
  });

  test('features are seen a second after the address is entered, and learnt ones 300 ms after a press', async () => {
    const first = await best(3, async () => {
      const begun = performance.now();
      const { page } = await site.open();
      await page.waitForFunction(() => document.querySelector<HTMLImageElement>('#first')?.complete !== false, null, {
        polling: 5,
      });
      const seen = performance.now() - begun;
      await page.context().close();
      return seen;
    });
    const { page } = await site.open();
    await page.waitForSelector('.sheet');
    const redrawn = await best(3, async () => {
      await page.click('#reset');
      await page.waitForFunction(() => document.querySelector('data')?.value === '0');
      return page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const begun = performance.now();
            document.getElementById('play')?.click();
            const look = () => {
              if (Number(document.querySelector('data')?.value) > 0) resolve(performance.now() - begun);
              else requestAnimationFrame(look);
            };
            look();
          }),
      );
    });
    console.log(`first features ${first.toFixed(0)} ms; press to redraw ${redrawn.toFixed(0)} ms`);
    assert.ok(first <= 1000 && redrawn <= 300);
    await page.context().close();
  });

  test('the same address twice gives the loss at step 500 that Node gives', async () => {
    const setup = { ...defaults, seed: 'twice', kind: 'l1', strength: 0.001 };
    const expected = await lossAt(500, setup);
    for (const isolated of [true, false]) {
      const other = isolated ? site : await openSite(FOLDER, { isolated });
      const { page, complaints } = await other.open({ hash: '#kind=l1&strength=0.001&seed=twice&step=500' });
      await untilStep(page, 500);
      await page.waitForTimeout(100);
      assert.is(await figureOf(page, 'at'), 500);
      assert.is(await figureOf(page, 'loss'), expected);
      assert.equal(complaints, []);
      if (!isolated) await other.close();
      else await page.context().close();
    }
  });

  test('ten seconds of learning: no long task, 95% of frames within 33 ms, nothing shifts, no complaint', async () => {
    const { page, complaints } = await site.open();
    await page.waitForSelector('.sheet');
    await page.waitForTimeout(500);
    await page.click('#play');
    await page.waitForTimeout(1000);
    const before = await seenOn(page);
    const frames = await page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const times: number[] = [];
          const look = (now: number) => {
            times.push(now);
            if (now - times[0] < 10_000) requestAnimationFrame(look);
            else resolve(times.slice(1).map((time, k) => time - times[k]));
          };
          requestAnimationFrame(look);
        }),
    );
    const after = await seenOn(page);
    const late = frames.filter((time) => time > 34).length / frames.length;
    console.log(
      `${after.long - before.long} long tasks, ${(100 * late).toFixed(1)}% late frames of ${frames.length}, shift ${after.shifts.toFixed(4)}`,
    );
    assert.ok(after.shifts <= 0.01, `shift ${after.shifts}`);
    assert.equal([...complaints, ...after.violations], []);
    assert.is(after.long - before.long, 0);
    assert.ok(late <= 0.05);
    await page.context().close();
  });

  test('pause: nothing moves after 100 ms, and nothing is said or drawn for two seconds', async () => {
    const { page } = await site.open();
    await page.waitForSelector('.sheet');
    await page.click('#play');
    await untilStep(page, 50);
    const measured = await page.evaluate(
      () =>
        new Promise<{ last: number; changes: number }>((resolve) => {
          let last = 0;
          let changes = 0;
          const begun = performance.now();
          new MutationObserver(() => {
            last = performance.now() - begun;
            if (last > 100) changes++;
          }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
          document.getElementById('play')?.click();
          setTimeout(() => resolve({ last, changes }), 2100);
        }),
    );
    console.log(`paused after ${measured.last.toFixed(0)} ms, ${measured.changes} changes later`);
    assert.is(measured.changes, 0);
    await page.context().close();
  });

  test('axe-core has nothing to say, A and AA: light and dark, idle, running, a unit open, 360 and 1,280 px', async () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const width of [360, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page } = await site.open({ viewport: { width, height: 800 }, colorScheme });
        await page.waitForSelector('.sheet');
        await page.evaluate(source);
        const look = async (state: string) => {
          const found = (await page.evaluate(
            "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))",
          )) as string[];
          assert.equal(found, [], `${state}, ${width} px, ${colorScheme}`);
        };
        await look('idle');
        await page.click('#play');
        await untilStep(page, 20);
        await look('running');
        await page.click('#play');
        await page.click('.units button:nth-child(3)');
        await page.click('#another');
        await page.click('#slow-go');
        await page.waitForSelector('#unit .card');
        await page.waitForSelector('#slow .slow');
        await page.waitForSelector('#digit .parts');
        await look('a unit, a digit and a step open');
        assert.ok(((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width, 'no scrolling sideways');
        await page.context().close();
      }
    }
  });
}

test.run();
