/**
 * page/app: where the page begins.
 */
import { render } from 'preact'
import { Frame } from './frame/frame.js'
import { startKeys } from './frame/keys.js'
import { startTheme } from './frame/theme.js'
import { startStream } from './live/stream.js'
import { startRouter } from './router.js'

startTheme()
startRouter()
startKeys()
startStream()
const root = document.getElementById('app')
if (root !== null) render(<Frame />, root)
