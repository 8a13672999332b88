import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/core.js';
import { kinds } from '../../src/page/kinds.js';
import { defaults } from '../../src/page/setup.js';
import { inTemporaryFolder } from '../helpers.js';
import {
  beforeData,
  buildPage,
  busiest,
  changesOver,
  figureOf,
  missing,
  openSite,
  type Site,
  seenOn,
  slide,
  startedOn,
  untilAddress,
  untilPaused,
  untilStep,
} from './browsers.js';
import { missingFirefox, visitInFirefox } from './firefox.js';
import { lossAt } from './node-run.js';

const FOLDER = 'out/page-tested';

/** A setup, and the address that says it. */
const twice = { ...defaults, seed: 'twice', kind: 'l1', strength: 0.001 };
const TWICE = '#kind=l1&strength=0.001&seed=twice&step=500';

function browserTests(site: Site): void {
  const started = (options: Parameters<Site['open']>[0] = {}) => startedOn(site, options);

  test('what comes before the data is at most 100 kB gzipped', async () => {
    const { page } = await started();
    const { sum, parts } = await beforeData(page, site.address, FOLDER);
    console.log(`${sum} bytes: ${parts.join(', ')}`);
    assert.ok(sum <= 100_000, `${sum} bytes`);
    await page.context().close();
  });

  test('the same address gives the loss at step 500 that Node gives, with threads and without', async () => {
    const expected = await lossAt(500, twice);
    for (const isolated of [true, false]) {
      const other = isolated ? site : await openSite(FOLDER, { isolated });
      const { page, complaints } = await other.open({ hash: TWICE });
      await untilStep(page, 500);
      assert.is(await figureOf(page, 'at'), 500);
      assert.is(await figureOf(page, 'loss'), expected);
      assert.equal(complaints, []);
      if (!isolated) await other.close();
      else await page.context().close();
    }
  });

  test('it learns: no task takes the main thread for 50 ms, nothing shifts, nothing is complained of', async () => {
    const { page, complaints } = await started();
    await page.click('#play');
    const longest = await busiest(page, 3000);
    await untilStep(page, 20);
    console.log(`the longest task took the main thread for ${longest.toFixed(1)} ms`);
    assert.ok(longest < 50);
    const { shifts, violations } = await seenOn(page);
    assert.ok(shifts <= 0.01, `shift ${shifts}`);
    assert.equal([...complaints, ...violations], []);
    await page.context().close();
  });

  test('paused, nothing moves', async () => {
    const { page } = await started();
    await page.click('#play');
    await untilStep(page, 50);
    await page.click('#play');
    await untilPaused(page);
    // What is asked of the worker when a run comes to rest, a digit's parts say, is answered as soon as it can.
    let changes = 0;
    for (let round = 0; round < 10; round++) {
      changes = await changesOver(page, 2000);
      if (changes === 0) break;
    }
    assert.is(changes, 0);
    await page.context().close();
  });

  test('every control is changed while it runs, every kind of sparsity among them; it goes on and complains of nothing', async () => {
    const { page, complaints } = await started();
    await page.click('#play');
    let step = 0;
    const further = async () => {
      await untilStep(page, step + 5);
      step = await figureOf(page, 'at');
    };
    for (const { name, strength } of kinds) {
      await page.selectOption('#kind', name);
      if (strength) await slide(page, 'strength', strength.whole ? 5 : 120);
      await further();
    }
    await page.selectOption('#kind', 'kl');
    for (const [id, value] of Object.entries({ rate: 150, rho: 60, batch: 90, speed: 4 })) {
      await slide(page, id, value);
      await further();
    }
    await slide(page, 'speed', 6);
    assert.is(await page.textContent('#note'), '');
    await page.click('#reseed');
    await page.waitForFunction((old) => Number(document.querySelector('data')?.value) < old, step);
    await page.click('#reset');
    await page.selectOption('#hidden', '16');
    await page.waitForFunction(() => document.querySelectorAll('.units button').length === 16);
    assert.is(await figureOf(page, 'at'), 0);
    await page.click('#step');
    await page.waitForFunction(() => document.querySelector('data')?.value === '1');
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('what is seen is said, and never that of another setup', async () => {
    const { page } = await started();
    const shown = () => page.textContent('#shown');
    assert.match((await shown()) ?? '', /beforehand, with KL\. Learn starts anew/);
    await page.selectOption('#kind', 'topk');
    await page.waitForFunction(() => document.getElementById('at')?.textContent === '0');
    assert.match((await shown()) ?? '', /^Noise/);
    await slide(page, 'strength', 5);
    await page.click('#step');
    await page.waitForFunction(() => document.getElementById('at')?.textContent === '1');
    assert.is(await shown(), 'Learned from 2,000 digits, with TopK.');
    await untilAddress(page, '#kind=topk&strength=5&step=1');
    await page.selectOption('#kind', 'l1');
    await page.waitForFunction(() =>
      document.getElementById('shown')?.textContent?.endsWith('with L1, settings changed on the way.'),
    );
    await page.context().close();
    const other = await started({ hash: '#kind=gated' });
    await other.page.waitForFunction(() => document.getElementById('shown')?.textContent?.startsWith('Noise'));
    await other.page.context().close();
  });

  test('back through the run, and on', async () => {
    const { page } = await started();
    await page.click('#play');
    await untilStep(page, 60);
    await page.click('#play');
    await untilPaused(page);
    const end = await figureOf(page, 'at');
    await slide(page, 'scrub', 0);
    await page.waitForFunction(() => document.querySelector('data')?.value === '0');
    await slide(page, 'scrub', 3);
    // Step 3, or what is left of the early ones if pausing came late.
    await page.waitForFunction((end) => {
      const step = Number(document.querySelector('data')?.value);
      return step > 0 && step < end;
    }, end);
    // The address and the link are of what is seen.
    const step = await figureOf(page, 'at');
    await untilAddress(page, `#step=${step}`);
    // Where it cannot be copied it is said: browsers on one machine may share a clipboard.
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('not here'));
    });
    await page.click('#link');
    await page.waitForFunction(() => document.getElementById('share-says')?.textContent !== '');
    assert.match((await page.textContent('#share-says')) ?? '', new RegExp(`#step=${step}$`));
    assert.is(await page.inputValue('#scrub'), '3');
    // Other settings are of the run as it stands: that is what is seen again.
    await page.selectOption('#kind', 'topk');
    await page.waitForFunction((end) => document.querySelector('data')?.value === end, String(end));
    assert.is(await page.textContent('#scrub-says'), 'now');
    assert.is(await page.textContent('#shown'), 'Learned from 2,000 digits, with TopK, settings changed on the way.');
    // One who steps fast loses none.
    await page.focus('#step');
    for (let k = 0; k < 10; k++) await page.keyboard.press('Enter');
    await page.waitForFunction((end) => document.querySelector('data')?.value === end, String(end + 10));
    await page.click('#play');
    await untilStep(page, end + 11);
    await page.context().close();
  });

  test('ten steps pressed at once from the features that are there at first are ten steps from noise', async () => {
    const { page } = await started();
    await page.evaluate(() => {
      for (let k = 0; k < 10; k++) document.getElementById('step')?.click();
    });
    await untilAddress(page, '#step=10');
    await page.context().close();
  });

  test('a hidden tab stands still, and goes on when it is seen', async () => {
    const { page } = await started();
    await page.click('#play');
    await untilStep(page, 10);
    const hide = (hidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    await untilPaused(page);
    const at = await figureOf(page, 'at');
    await page.waitForTimeout(300);
    assert.is(await figureOf(page, 'at'), at);
    await hide(false);
    await untilStep(page, at + 5);
    await page.context().close();
  });

  test('two runs, one setting apart: at any moment both show the same step; what is asked of the run is asked of both', async () => {
    const { page, complaints } = await started();
    await page.selectOption('#compare-what', 'hidden');
    await page.selectOption('#compare-value', '144');
    await page.click('#compare-go');
    /** The step that the page says, and those of both sides. */
    const steps = () =>
      page.evaluate(() => {
        const sides = Array.from(document.querySelectorAll('#compare figcaption'), ({ textContent }) => textContent ?? '');
        const at = document.querySelector('data')?.textContent;
        return [at, ...sides.map((text) => /step ([\d,]+), loss/.exec(text)?.[1])];
      });
    const untilBoth = (step: string) =>
      page.waitForFunction(
        (step) =>
          Array.from(document.querySelectorAll('#compare figcaption')).filter(({ textContent }) =>
            textContent?.startsWith(`step ${step}, `),
          ).length === 2,
        step,
      );
    await untilStep(page, 20);
    const apart = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const found = new Set<string>();
          const look = () => {
            const texts = ['at', 'compare'].map((id) => document.getElementById(id)?.textContent ?? '');
            const all = [texts[0], ...Array.from(texts[1].matchAll(/step ([\d,]+), loss/g), ([, step]) => step)];
            if (new Set(all).size > 1) found.add(all.join(' '));
            requestAnimationFrame(look);
          };
          look();
          setTimeout(() => resolve([...found]), 2000);
        }),
    );
    assert.equal(apart, []);
    await page.click('#play');
    await untilPaused(page);
    const [at, first, second] = await steps();
    assert.equal([first, second], [at, at]);
    await page.click('#step');
    const next = (Number(at?.replace(',', '')) + 1).toLocaleString('en-US');
    await untilBoth(next);
    await slide(page, 'scrub', 0);
    await untilBoth('0');
    await slide(page, 'rate', 150);
    await page.click('#play');
    await untilStep(page, Number(next.replace(',', '')) + 1);
    await page.click('#reset');
    await untilBoth('0');
    assert.equal(await steps(), ['0', '0', '0']);
    await page.click('text=End the second run');
    assert.ok(await page.isHidden('#compare-body'));
    await page.click('#play');
    await untilStep(page, 5);
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('a link that leads far says how far it has come, and can be stopped on the way', async () => {
    const { page, complaints } = await started({ hash: '#step=20000&seed=far' });
    await page.waitForFunction(() => (document.querySelector('progress')?.position ?? 0) > 0);
    assert.is(await page.textContent('#note'), 'Replaying to step 20,000');
    assert.is(await page.textContent('#play'), 'Stop');
    assert.is(await page.getAttribute('#replay', 'max'), '20000');
    await page.click('#play');
    await untilPaused(page);
    const at = await figureOf(page, 'at');
    assert.ok(at > 0 && at < 20_000);
    assert.is(await page.textContent('#note'), `Stopped at step ${at.toLocaleString('en-US')}: Learn goes on.`);
    assert.ok(await page.isHidden('#replay'));
    await untilAddress(page, `#seed=far&step=${at}`);
    assert.ok((await seenOn(page)).shifts <= 0.01);
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('left alone, it stops by itself', async () => {
    const { page } = await started({ hash: '#hidden=4&batch=1' });
    await page.click('#play');
    await page.waitForFunction(() => document.getElementById('note')?.textContent?.includes('stopped by itself'));
    // So many steps from when it was last asked for anything.
    assert.ok((await figureOf(page, 'at')) >= 20_000);
    await page.context().close();
  });

  test('a model saved here is read by Node to the same bytes, and back; a bad file is refused in a sentence', async () => {
    const { page, complaints } = await started({ acceptDownloads: true });
    await page.click('#play');
    await untilStep(page, 20);
    await page.click('#play');
    await untilPaused(page);
    await inTemporaryFolder(async (folder) => {
      const save = async (button: string) => {
        const [file] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
        const place = join(folder, file.suggestedFilename());
        await file.saveAs(place);
        return new Uint8Array(readFileSync(place));
      };
      const bytes = await save('#save-model');
      const sae = SparseAutoencoder.fromBytes(bytes);
      assert.equal(sae.toBytes(), bytes);
      writeFileSync(join(folder, 'back.safetensors'), sae.toBytes());
      await page.setInputFiles('#file', join(folder, 'back.safetensors'));
      await page.waitForFunction(() => document.getElementById('at')?.textContent === 'trained');
      assert.equal(await save('#save-model'), bytes);
      assert.match(new TextDecoder().decode(await save('#save-report')), /^<!DOCTYPE html>/);
      assert.match(new TextDecoder().decode(await save('#save-module')), /export function encode/);
      const refused = {
        'bad.csv': ['a,b\n1,2\n3\n', 'bad.csv line 3: 1 cell, expected 2'],
        'one.csv': ['1,2,3\n', 'one.csv has one row, expected two or more to learn from.'],
        'same.csv': ['1,1\n1,1\n', 'same.csv holds the number 1 throughout: there is nothing to learn from it.'],
        'bad.npy': ['\x93NUMPY', /^bad\.npy/],
      } as const;
      for (const [name, [text, message]] of Object.entries(refused)) {
        writeFileSync(join(folder, name), text, 'latin1');
        await page.setInputFiles('#file', join(folder, name));
        await page.waitForFunction((name) => document.getElementById('share-says')?.textContent?.startsWith(name), name);
        const said = (await page.textContent('#share-says')) ?? '';
        if (typeof message === 'string') assert.is(said, message);
        else assert.match(said, message);
      }
      const rows = Array.from({ length: 50 }, (_, i) => [i % 7, (3 * i) % 5, i % 2, (i * i) % 11].join(','));
      writeFileSync(join(folder, 'own.csv'), rows.join('\n'));
      await page.setInputFiles('#file', join(folder, 'own.csv'));
      await page.waitForFunction(() => document.getElementById('share-says')?.textContent?.includes('50 rows of 4 numbers'));
      await page.click('#play');
      await untilStep(page, 20);
      await page.click('#play');
      await untilPaused(page);
      await page.click('.units button:nth-child(3)');
      await page.click('#slow-go');
      for (const opened of ['#unit .card', '#slow .slow', '#digit .parts']) await page.waitForSelector(opened);
      await page.click('text=All of it');
      const text = await page.evaluate(() => document.body.innerText);
      assert.equal(text.match(/.*(?<!to have the |to the last )\b(digit|pixel|ink)s?\b.*/gi), null);
      assert.match(text, /Above, rows/);
      await page.click('#compare-go');
      await page.waitForFunction(() => {
        const [first, second] = Array.from(
          document.querySelectorAll('#compare figcaption'),
          ({ textContent }) => /step (.*), loss/.exec(textContent ?? '')?.[1],
        );
        return first !== undefined && first !== '0' && first === second;
      });
    });
    assert.equal(complaints, []);
    await page.context().close();
  });
}

const missingOnes = [missing, missingFirefox].filter((what) => what !== null);
test('what is missing is said', () => {
  for (const what of missingOnes) console.log(`Not tried: ${what}`);
});

if (missingOnes.length < 2) await buildPage(FOLDER);
if (!missingFirefox) {
  test('Firefox comes to the loss at step 500 that Node comes to', async () => {
    const told = await visitInFirefox(FOLDER, TWICE);
    assert.is(told.get('failed'), '');
    assert.is(told.get('isolated'), 'true');
    assert.is(Number(told.get('loss')), await lossAt(500, twice));
  });
}
if (!missing) {
  const site = await openSite(FOLDER);
  test.after(() => site.close());
  browserTests(site);
}

test.run();
