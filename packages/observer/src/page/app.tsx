/**
 * page/app: where the page begins.
 *
 * Who we are, the first figures and the script of the page are on their way when this runs. It
 * draws once, with all of them, unless one of them keeps it waiting.
 */
import { render } from 'preact'
import { after } from './base/clock.js'
import { Frame } from './frame/frame.js'
import { startKeys } from './frame/keys.js'
import { startTheme } from './frame/theme.js'
import { readFirst, startStream } from './live/stream.js'
import { pageAt } from './pages.js'
import { place, startRouter } from './router.js'
import { loadPage, loadRest } from './views.js'

/** The frame waits no longer for what it could be drawn with. */
const TOGETHER_MS = 250

startTheme()
startRouter()
startKeys()
const { page, node } = place.value
const entry = pageAt(page, node)
const parts = [startStream(), readFirst('/cluster'), entry && loadPage(entry)]
const together = new Promise((resolve) => after(TOGETHER_MS, () => resolve(undefined)))
await Promise.race([Promise.all(parts), together])
const root = document.getElementById('app')
if (root !== null) render(<Frame />, root)
loadRest()
