/**
 * connect/cookie: the secret of the cluster, read from its file and never made: a node without
 * that file has never run here, so there is nobody to look at.
 */
import { readFile, stat } from 'node:fs/promises'
import { CommandFault, EXIT } from '#cli/fault'
import { safeText } from '#terminal/safe-text'
import type { ConnectSettings } from './settings.js'

/** What others than the owner may do: nothing. */
const OTHERS = 0o077
const FILE_BYTES_MAX = 5_000

const refused = (sentence: string, remedy: string): CommandFault =>
  new CommandFault({ sentence, remedy, exitCode: EXIT.unreachable, code: 'COOKIE_FILE_REFUSED' })

/** The cookie in the file. Throws a CommandFault that tells what mends it. */
export async function readCookie({ cookieFile }: ConnectSettings): Promise<string> {
  const { path, isGiven } = cookieFile
  const shown = safeText(path)
  const facts = await stat(path).catch(() => undefined)
  if (facts === undefined) {
    throw refused(
      `There is no cookie file ${shown}.`,
      isGiven
        ? 'Correct --cookie-file, or leave it out for the one of this user.'
        : 'No node of this user has run here yet. Start one, or name its secret: --cookie-file',
    )
  }
  if (!facts.isFile() || facts.size > FILE_BYTES_MAX)
    throw refused(`${shown} is not a cookie file.`, 'Give the file that holds the secret.')
  if (process.platform !== 'win32' && (facts.mode & OTHERS) !== 0)
    throw refused(`Others may read the cookie file ${shown}.`, `Run: chmod 600 ${shown}`)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined)
    throw refused(`The cookie file ${shown} cannot be read.`, 'Run troupe as the user who owns it.')
  const cookie = text.replace(/\r?\n$/, '')
  if (cookie.length >= 16 && /^[^\s\p{Cc}]+$/u.test(cookie)) return cookie
  throw refused(
    `The cookie file ${shown} does not hold a cookie.`,
    'It is one line of 16 characters or more, without blanks.',
  )
}
