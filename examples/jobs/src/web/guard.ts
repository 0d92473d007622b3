/**
 * web/guard: which requests may come in at all, whatever they ask for.
 *
 * Pure. It listens on this machine alone; what still reaches it from elsewhere is a browser that
 * a foreign page uses: under a name of its own (DNS rebinding), or with requests that change
 * something (CSRF). Programs that are no browsers send neither of the headers asked for here.
 *
 * @source WHATWG Fetch (Origin), W3C Fetch Metadata (Sec-Fetch-Site)
 */
import { type Refusal, refusal } from './asked.js'

/** Names of this machine's own loopback address. */
const HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

const HOST_REFUSED = refusal(
  421,
  'HOST_REFUSED',
  'this is served as localhost, 127.0.0.1 or [::1] only',
)
const FOREIGN = refusal(403, 'ORIGIN_REFUSED', 'another page must not change anything here')

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** Why a request must not come in; undefined when it may. */
export function refusedEntry(method: string, url: URL, headers: Headers): Refusal | undefined {
  if (!HOSTS.has(url.hostname)) return HOST_REFUSED
  if (isReading(method)) return undefined
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return FOREIGN
  const origin = headers.get('origin')
  return origin === null || origin === url.origin ? undefined : FOREIGN
}
