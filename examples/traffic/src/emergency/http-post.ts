/**
 * emergency/http-post: one attempt to deliver an emergency, by POST.
 *
 * Never rejects: whatever happens is an outcome. Redirects are not followed, since a POST would
 * become a GET on the way. A name and password in the URL are sent as basic authorization.
 * Limit: `TOLD_BYTES_MAX` of an answer are read.
 *
 * @source draft-ietf-httpapi-idempotency-key-header; WHATWG "Fetch"
 */

import type { Outcome } from './answer.js'
import { bodyOf, type Emergency } from './emergency.js'

/** Bytes of an answer that are read; the rest is not waited for. */
export const TOLD_BYTES_MAX = 1_024

/** Delivers one emergency; gives up when the signal says so. Never rejects. */
export type Post = (emergency: Emergency, signal: AbortSignal) => Promise<Outcome>

/** Why an attempt is called off when its time is over. */
export const TIME_OVER = 'time over'

/**
 * Posts to this URL, which must be http or https.
 *
 * @example const post = httpPost('http://127.0.0.1:9093/')
 */
export function httpPost(address: string, ask: typeof fetch = fetch): Post {
  const url = new URL(address)
  const headers = { 'content-type': 'application/json', ...authorizationOf(url) }
  return async (emergency, signal) => {
    try {
      const response = await ask(url, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': emergency.key },
        body: bodyOf(emergency),
        redirect: 'manual',
        signal,
      })
      const retryAfter = response.headers.get('retry-after') ?? undefined
      return { kind: 'answer', status: response.status, retryAfter, told: await toldBy(response) }
    } catch (thrown) {
      return noAnswer(thrown, signal)
    }
  }
}

/** Takes the credentials out of the URL, since fetch refuses one that has them. */
function authorizationOf(url: URL): Readonly<Record<string, string>> {
  const { username, password } = url
  if (username === '' && password === '') return {}
  url.username = ''
  url.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** The beginning of the body; a body that ends early or never does not change the answer. */
async function toldBy(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= TOLD_BYTES_MAX) break
    }
  } catch {
    // The status has been read, and it is what counts.
  }
  return Buffer.concat(chunks).subarray(0, TOLD_BYTES_MAX).toString('utf8')
}

function noAnswer(thrown: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted && signal.reason === TIME_OVER) {
    return { kind: 'no-answer', cause: 'timeout', told: TIME_OVER }
  }
  const behind = (thrown as { readonly cause?: unknown } | undefined)?.cause ?? thrown
  const { code, message } = behind as { readonly code?: unknown; readonly message?: unknown }
  return { kind: 'no-answer', cause: 'connection', told: String(code ?? message ?? thrown) }
}
