import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { axeOn, inChromium, type Site, startedOn, tabTo, untilPaused, untilStep } from './browsers.js';

/** Apart from the other tests' page, which may be built at the same time. */
const FOLDER = 'out/page-reached';

function browserTests(site: Site): void {
  const started = (options: Parameters<Site['open']>[0] = {}) => startedOn(site, options);

  test('for those who want little to move, what is learned is shown once a second at most', async () => {
    const { page } = await started({ reducedMotion: 'reduce' });
    await page.click('#play');
    await untilStep(page, 5);
    const shown = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let count = 0;
          const at = document.getElementById('at') as HTMLElement;
          new MutationObserver(() => {
            count++;
          }).observe(at, { childList: true });
          setTimeout(() => resolve(count), 2500);
        }),
    );
    assert.ok(shown <= 3, `${shown} times in 2.5 s`);
    await page.context().close();
  });

  test('by keyboard alone: start, pause, open a unit, switch it off, share', async () => {
    const { page } = await started();
    const reach = (selector: string) => tabTo(page, selector);
    await reach('#play');
    await page.keyboard.press('Enter');
    await untilStep(page, 30);
    await page.keyboard.press('Enter');
    await untilPaused(page);
    await reach('.units button');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#unit .card');
    assert.is(await page.textContent('#unit-title'), 'Unit 9');
    const focused = () => page.evaluate(() => document.activeElement?.closest('[id]')?.id);
    assert.is(await focused(), 'unit');
    await page.keyboard.press('Escape');
    assert.ok(await page.isHidden('#unit'));
    assert.is(await page.evaluate(() => document.activeElement?.matches('.units button:nth-child(10)')), true);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#unit .card');
    await reach('#unit .card button');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.getElementById('unit-title')?.textContent !== 'Unit 9');
    assert.is(await focused(), 'unit');
    await reach('#another');
    // One is there already, taken apart when the run stood still.
    const shown = () => document.querySelector<HTMLCanvasElement>('#digit .big canvas')?.toDataURL();
    const before = await (await page.waitForFunction(shown)).jsonValue();
    await page.keyboard.press('Enter');
    await page.waitForFunction((before) => {
      const now = document.querySelector<HTMLCanvasElement>('#digit .big canvas')?.toDataURL();
      return now !== undefined && now !== before;
    }, before);
    await reach('#digit .parts button[aria-label$=" off"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#digit .parts li:first-child button[aria-label$=" off"][aria-pressed="true"]');
    await reach('#link');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.getElementById('share-says')?.textContent !== '');
    await page.context().close();
  });

  test('what is pressed and goes leaves the keyboard at a place near by', async () => {
    const { page, complaints } = await started();
    const focused = () => page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.id);
    await page.click('#slow-go');
    await page.waitForSelector('#slow .slow');
    // Another pixel: all of it is built anew around the hand.
    const pixel = page.locator('#slow-body input').nth(1);
    const built = await page.locator('#slow-body .slow').elementHandle();
    await pixel.fill('300');
    await pixel.press('Enter');
    await page.waitForFunction((old) => !old?.isConnected, built);
    assert.is(await focused(), 'pixel');
    await page.focus('#slow-body button.primary');
    for (let k = 0; k < 10; k++) await page.keyboard.press('Enter');
    assert.is(await page.textContent(':focus'), 'Next line');
    await page.keyboard.press('Enter');
    assert.is(await focused(), 'The step, line by line');
    await page.click('#compare-go');
    await page.focus('#compare-body > .row button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#compare-body', { state: 'hidden' });
    assert.is(await focused(), 'compare-go');
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('on a phone the setup is a press away, and the tour lies over nothing that it speaks of, which is so in any setup', async () => {
    const { page } = await started({ viewport: { width: 360, height: 740 }, reducedMotion: 'reduce', hash: '#kind=topk' });
    /** Upper edges of an element and of the window beneath what stays at the top, and the height of the window. */
    const place = (selector: string) =>
      page.evaluate((selector) => {
        const [bar, element] = ['#top', selector].map((each) => document.querySelector(each)?.getBoundingClientRect());
        return { from: bar?.bottom ?? 0, top: element?.top ?? 0, to: innerHeight };
      }, selector);
    const inSight = async (selector: string) => {
      const { from, top, to } = await place(selector);
      assert.ok(top >= from && top < to / 2 + from / 2, `${selector} at ${top}, of ${from} to ${to}`);
    };
    await page.click('#to-setup');
    const first = await page.evaluate(
      () => Array.from(document.querySelectorAll<HTMLElement>('#setup select')).find((select) => select.offsetParent)?.id,
    );
    await inSight(`#${first}`);
    assert.is(await page.evaluate(() => document.activeElement?.id), first);
    await page.click('#tour-start');
    await page.waitForSelector('#tour:not([hidden])');
    for (const stop of ['copies', 'features', 'loss-figure', 'activity-figure', 'strength-field', 'draw', 'unit']) {
      await page.waitForSelector(`#${stop}.shown-now`);
      await inSight(`#${stop}`);
      assert.ok(await page.evaluate(() => document.activeElement?.id === 'tour-next'));
      if (stop === 'activity-figure') await page.waitForSelector('#target:not([hidden])');
      if (stop === 'strength-field') assert.is(await page.textContent('#strength-says'), '0.5');
      if (stop === 'draw') assert.is(await page.textContent('#strength-says'), '0.05');
      await page.click('#tour-next');
    }
    assert.ok(await page.isHidden('#tour'));
    await page.context().close();
  });

  test('axe-core has nothing to say, A and AA: light and dark, idle, running, all open, 360 and 1,280 px', async () => {
    for (const width of [360, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page } = await started({ viewport: { width, height: 800 }, colorScheme });
        const look = async (state: string) => assert.equal(await axeOn(page), [], `${state}, ${width} px, ${colorScheme}`);
        await look('idle');
        await page.click('#play');
        await untilStep(page, 20);
        await look('running');
        await page.click('#play');
        for (const open of ['.units button:nth-child(3)', '#another', '#slow-go']) await page.click(open);
        for (const opened of ['#unit .card', '#slow .slow', '#digit .parts']) await page.waitForSelector(opened);
        await look('a unit, a digit and a step open');
        await page.click('#compare-go');
        await page.waitForSelector('.both figure:last-child canvas');
        await look('two runs');
        await page.click('#tour-start');
        await page.waitForSelector('#tour:not([hidden])');
        await look('the tour beside them');
        assert.ok(((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width, 'no scrolling sideways');
        await page.context().close();
      }
    }
  });
}

await inChromium(FOLDER, browserTests);

test.run();
