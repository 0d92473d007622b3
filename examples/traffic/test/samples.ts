/**
 * test/samples: real input: the packet of the article, and a day of buses where it is at hand.
 */
import { fileURLToPath } from 'node:url'

export const REAL_PACKET = Buffer.from(
  'hKJJRNkkNGUwOTEzOTYtNjJhZS00ZjNiLTg3MTUtN2I0ZmM5YzY0ZDE0o0xvbsvAU1R+Qxkx1qNMYXTLwEI9Ghs6ciCpRW1lcmdlbmN5wg==',
  'base64',
)

/** One day of city buses; see the README beside it for whom to thank. May be absent. */
export const BUS_DAY = fileURLToPath(
  new URL('../../../../shared/data/austin-buses-2017-04-18.csv.gz', import.meta.url),
)
