/**
 * network/handshake/cookie: whether a cookie, or the file that keeps one, can be trusted.
 *
 * Decides only; cookie-file looks and writes. No text made here holds a cookie.
 * Limit: 16 to 1,024 characters. A shorter one could be found by trying, by anybody who has heard
 * one handshake on a line without TLS.
 *
 * @source design 5 (the default cookie); OTP "Distributed Erlang", security
 */
import { requireOption } from '#contract'

/** The shortest cookie, in characters. */
export const COOKIE_LENGTH_MIN = 16
/** The longest, in characters. */
export const COOKIE_LENGTH_MAX = 1_024
/** Bytes of chance in a cookie that Troupe makes. */
export const COOKIE_BYTES = 32

const KEPT = new RegExp(`^[^\\s\\p{Cc}]{${COOKIE_LENGTH_MIN},${COOKIE_LENGTH_MAX}}$`, 'u')
/** Permissions of group and others. */
const OF_OTHERS = 0o077
/** Permissions of group and others to change something. */
const CHANGED_BY_OTHERS = 0o022

/** What was found where the cookie is kept. */
export type CookieFacts =
  | { readonly kind: 'absent' }
  | { readonly kind: 'link' }
  /** A folder, a socket, a device, or a file that is too large. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable'; readonly problem: string }
  | { readonly kind: 'file'; readonly uid: number; readonly mode: number; readonly text: string }

/** What is done about it. */
export type CookieVerdict =
  | { readonly kind: 'use'; readonly cookie: string }
  | { readonly kind: 'make' }
  | { readonly kind: 'refuse'; readonly problem: string }

/** OPTION_INVALID for a cookie that was given and cannot be; its text is not told. */
export function requireCookie(cookie: string): void {
  const isSound =
    typeof cookie === 'string' &&
    cookie.length >= COOKIE_LENGTH_MIN &&
    cookie.length <= COOKIE_LENGTH_MAX
  const limits = `${COOKIE_LENGTH_MIN} to ${COOKIE_LENGTH_MAX}`
  const remedy = `give ${limits} characters, such as openssl rand -base64 32 prints`
  requireOption(isSound, 'cookie', '(hidden)', remedy)
}

/** What to do with the file at `path`. `ownUid` is undefined where there are no users. */
export function judgeCookieFile(
  path: string,
  facts: CookieFacts,
  ownUid: number | undefined,
): CookieVerdict {
  switch (facts.kind) {
    case 'absent':
      return { kind: 'make' }
    case 'link':
      return refuse('it is a symbolic link; put the file itself there, or give the option cookie')
    case 'other':
      return refuse('it is no small file; remove it, or give the option cookie')
    case 'unreadable':
      return refuse(`${facts.problem}; mend that, or give the option cookie`)
    case 'file':
      return judgeFile(path, facts, ownUid)
  }
}

function judgeFile(
  path: string,
  { uid, mode, text }: Extract<CookieFacts, { readonly kind: 'file' }>,
  ownUid: number | undefined,
): CookieVerdict {
  if (ownUid !== undefined && uid !== ownUid)
    return refuse(`it belongs to the user ${uid}, not to ${ownUid}; give the option cookie`)
  if (ownUid !== undefined && (mode & OF_OTHERS) !== 0)
    return refuse(`other users may use it; if they have not, run: chmod 600 '${path}'`)
  const cookie = text.replace(/\r?\n$/, '')
  if (KEPT.test(cookie)) return { kind: 'use', cookie }
  const limits = `${COOKIE_LENGTH_MIN} to ${COOKIE_LENGTH_MAX}`
  return refuse(`it holds no line of ${limits} characters without blanks; remove it`)
}

/** What speaks against the folder of the file, if anything. */
export function judgeCookieFolder(
  path: string,
  { uid, mode }: { readonly uid: number; readonly mode: number },
  ownUid: number | undefined,
): CookieVerdict | undefined {
  if (ownUid === undefined) return undefined
  if (uid !== ownUid)
    return refuse(`its folder belongs to the user ${uid}, not to ${ownUid}; give the option cookie`)
  if ((mode & CHANGED_BY_OTHERS) === 0) return undefined
  return refuse(`other users may change its folder; run: chmod 700 '${path}'`)
}

const refuse = (problem: string): CookieVerdict => ({ kind: 'refuse', problem })
