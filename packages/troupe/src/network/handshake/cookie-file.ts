/**
 * network/handshake/cookie-file: the cookie of this user on this host, made when there is none.
 *
 * The file is written beside its place and linked into it, so that nobody reads half of it and
 * the first of several nodes wins. It is opened before it is judged, so that what was judged is
 * what is read. Knows nothing of how a cookie is used.
 *
 * @source design 5 (the default cookie); OTP "Distributed Erlang", ~/.erlang.cookie
 */
import { constants } from 'node:fs'
import { type FileHandle, link, mkdir, open, stat, unlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { describeThrown, TroupeError } from '#contract'
import {
  COOKIE_BYTES,
  COOKIE_LENGTH_MAX,
  type CookieFacts,
  judgeCookieFile,
  judgeCookieFolder,
} from './cookie.js'

/** UTF-8 takes up to four bytes for a character; and the end of the line. */
const FILE_BYTES_MAX = COOKIE_LENGTH_MAX * 4 + 2
/** Reading finds the file when making it did not; more turns mean that somebody removes it. */
const TRIES_MAX = 5

/**
 * Where the cookie of a user is kept: `~/.troupe/cookie`. Throws COOKIE_FILE_REFUSED for a user
 * without a home: a cookie in whatever folder a program runs in would be nobody's.
 */
export function defaultCookiePath(home: () => string = homedir): string {
  const folder = homeOf(home)
  if (isAbsolute(folder)) return join(folder, '.troupe', 'cookie')
  throw refused('~/.troupe/cookie', 'this user has no home folder; give the option cookie')
}

/** Empty for a user that the system does not know. */
function homeOf(home: () => string): string {
  try {
    return home()
  } catch {
    return ''
  }
}

/**
 * The cookie in the file at `path`; a random one is made first when there is no file.
 *
 * Rejects with COOKIE_FILE_REFUSED when the file cannot be trusted, read or made; the message
 * tells the command that mends it.
 *
 * @example const cookie = await cookieOfUser(defaultCookiePath(), randomBytes)
 */
export async function cookieOfUser(
  path: string,
  randomBytes: (length: number) => Uint8Array,
): Promise<string> {
  const ownUid = process.getuid?.()
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    await requireFolder(path, ownUid)
    const verdict = judgeCookieFile(path, await look(path), ownUid)
    if (verdict.kind === 'use') return verdict.cookie
    if (verdict.kind === 'refuse') throw refused(path, verdict.problem)
    await make(path, randomBytes)
  }
  throw refused(path, 'it vanishes as soon as it is made; give the option cookie')
}

const refused = (path: string, problem: string): TroupeError =>
  new TroupeError('COOKIE_FILE_REFUSED', { path, problem })

async function requireFolder(path: string, ownUid: number | undefined): Promise<void> {
  const folder = dirname(path)
  const facts = await attempt(path, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return stat(folder)
  })
  const verdict = judgeCookieFolder(folder, facts, ownUid)
  if (verdict?.kind === 'refuse') throw refused(path, verdict.problem)
}

async function look(path: string): Promise<CookieFacts> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  let file: FileHandle
  try {
    // A pipe in its place must not hold the start up. Windows knows neither flag.
    file = await open(path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0))
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return { kind: 'absent' }
    if (isCode(thrown, 'ELOOP')) return { kind: 'link' }
    return { kind: 'unreadable', problem: describeThrown(thrown) }
  }
  try {
    const facts = await file.stat()
    if (!facts.isFile() || facts.size > FILE_BYTES_MAX) return { kind: 'other' }
    const { uid, mode } = facts
    return { kind: 'file', uid, mode, text: await file.readFile('utf8') }
  } catch (thrown) {
    return { kind: 'unreadable', problem: describeThrown(thrown) }
  } finally {
    await file.close()
  }
}

/** Puts a new cookie in its place, unless somebody was faster. */
async function make(path: string, randomBytes: (length: number) => Uint8Array): Promise<void> {
  const cookie = Buffer.from(randomBytes(COOKIE_BYTES)).toString('base64url')
  const aside = `${path}.${Buffer.from(randomBytes(8)).toString('hex')}.new`
  await attempt(path, async () => {
    const file = await open(aside, 'wx', 0o600)
    try {
      await file.writeFile(`${cookie}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  })
  try {
    await link(aside, path)
  } catch (thrown) {
    if (!isCode(thrown, 'EEXIST')) throw refused(path, notMade(thrown))
  } finally {
    await unlink(aside)
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw refused(path, notMade(thrown))
  }
}

const notMade = (thrown: unknown): string =>
  `it cannot be made (${describeThrown(thrown)}); mend that, or give the option cookie`

const isCode = (thrown: unknown, code: string): boolean =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === code
