/**
 * setup/console: lines for the person at the terminal, and the progress of slow steps.
 *
 * Everything goes to standard error, so that standard output belongs to the system or to the test
 * runner. Colours and the moving line appear only on a terminal and never under NO_COLOR.
 */

/** A step that ends sooner is not announced. */
const QUIET_MS = 1_000
/** Without a terminal a slow step says that often that it is still alive. */
const REMINDER_MS = 10_000
const FRAME_MS = 120
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

const terminal = process.stderr.isTTY === true
const coloured = terminal && process.env['NO_COLOR'] === undefined

/** Codes of the terminal; node:util has them too, but not in the versions we have to refuse. */
const STYLES = Object.freeze({ bold: 1, dim: 2, red: 31, green: 32 })

/**
 * @param {keyof typeof STYLES} style
 * @param {string} text
 */
export const paint = (style, text) => (coloured ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text)

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** @param {number} startedMs */
const elapsed = (startedMs) => `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`

/**
 * Runs one step and shows that it is alive while it lasts.
 *
 * @template T
 * @param {string} title what is being done, such as "building"
 * @param {() => Promise<T>} work
 * @param {{ verdict?: (result: T) => boolean }} [options] with `verdict` the end of the step is
 *   always told, as well or ill; without it only when it took long
 * @returns {Promise<T>}
 */
export async function step(title, work, { verdict } = {}) {
  const startedMs = performance.now()
  const indicator = terminal ? spinner(title, startedMs) : reminder(title, startedMs)
  /** @param {boolean} well */
  const end = (well) => {
    const mark = well ? paint('green', '✓') : paint('red', '✗')
    say(`${mark} ${title} ${paint('dim', `(${elapsed(startedMs)})`)}`)
  }
  try {
    const result = await work()
    const shown = indicator.stop()
    if (shown || verdict !== undefined) end(verdict?.(result) ?? true)
    return result
  } catch (error) {
    indicator.stop()
    end(false)
    throw error
  }
}

/**
 * @param {string} title
 * @param {number} startedMs
 */
function spinner(title, startedMs) {
  let frame = 0
  let shown = false
  const timer = setInterval(() => {
    if (performance.now() - startedMs < QUIET_MS) return
    shown = true
    frame = (frame + 1) % FRAMES.length
    process.stderr.write(`\r${FRAMES[frame]} ${title} ${elapsed(startedMs)}\x1b[K`)
  }, FRAME_MS)
  return {
    stop: () => {
      clearInterval(timer)
      if (shown) process.stderr.write('\r\x1b[K')
      return shown
    },
  }
}

/**
 * @param {string} title
 * @param {number} startedMs
 */
function reminder(title, startedMs) {
  let shown = false
  const first = setTimeout(() => {
    shown = true
    say(`… ${title}`)
  }, QUIET_MS)
  const later = setInterval(() => say(`… ${title}, ${elapsed(startedMs)}`), REMINDER_MS)
  return {
    stop: () => {
      clearTimeout(first)
      clearInterval(later)
      return shown
    },
  }
}
