/**
 * bench/observer/first-view: how long somebody waits who opens the Observer: from the beginning of
 * the navigation to the frame with the first figures of nodes, in a real browser on loopback.
 *
 * Each view is that of a stranger: no cache, no cookie. The browser itself runs already.
 */
import { launchBrowser } from '@troupe/tools/browser'

/** Runs in the page: notes when each has happened, in milliseconds since the navigation began. */
function noteFigures() {
  globalThis.seen = undefined
  const isFigure = ({ textContent }) => /^\d/.test(textContent ?? '')
  const look = () => {
    const figures = [...document.querySelectorAll('.tile-figure')]
    if (figures.length === 0 || !figures.some(isFigure)) return
    observer.disconnect()
    // The frame that shows them is painted before the second callback.
    requestAnimationFrame(() => setTimeout(() => (globalThis.seen = performance.now())))
  }
  const observer = new MutationObserver(look)
  observer.observe(document, { childList: true, subtree: true, characterData: true })
}

/** Opens a browser; `view` answers the milliseconds of one first view. */
export async function firstViews() {
  const browser = await launchBrowser()
  const view = async (url) => {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 860 } })
    const page = await context.newPage()
    await page.addInitScript(noteFigures)
    await page.goto(url)
    await page.waitForFunction(() => globalThis.seen !== undefined)
    const told = await page.evaluate(() => ({
      figuresMs: globalThis.seen,
      paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
      steps: performance
        .getEntriesByType('resource')
        .map((one) => [
          new URL(one.name).pathname.replace(/-[A-Z\d]{8}/, ''),
          Math.round(one.startTime),
          Math.round(one.responseEnd),
        ]),
    }))
    await context.close()
    return told
  }
  return { view, close: () => browser.close() }
}
