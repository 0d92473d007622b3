/**
 * client/pages: a whole range in pages, all as of one revision.
 *
 * A page is as many keys as 2 MB may hold, by what those before it weighed. When the revision is
 * compacted while it is read, all is read again, three times at most.
 */
import { TroupeError } from 'troupe'
import type { KeyRange, KeyValue, RangeAnswer, RangeAsk } from './etcd-client.js'
import { afterKey, boundsOf } from './messages.js'

const PAGE_KEYS_FIRST = 200
const PAGE_KEYS_MAX = 5_000
const PAGE_BYTES = 2_000_000
const READS_MAX = 3
const COMPACTED = /has been compacted/
const TOO_LARGE = /larger than max/

type Read = (ask: RangeAsk) => Promise<RangeAnswer>

export async function readAll(range: KeyRange, read: Read): Promise<RangeAnswer> {
  for (let reads = 1; ; reads += 1) {
    try {
      return await readOnce(range, read)
    } catch (thrown) {
      const isCompacted = TroupeError.is(thrown, 'ETCD_REFUSED') && COMPACTED.test(thrown.message)
      if (!isCompacted || reads === READS_MAX) throw thrown
    }
  }
}

async function readOnce(range: KeyRange, read: Read): Promise<RangeAnswer> {
  const first = await readPage({ range, limit: PAGE_KEYS_FIRST }, read)
  const keys: KeyValue[] = [...first.keys]
  const { revision } = first
  const to = boundsOf(range).range_end
  let page = first
  while (page.more && to !== undefined) {
    const last = page.keys.at(-1)
    if (last === undefined) break
    const next = { from: afterKey(last.key), to }
    page = await readPage({ range: next, limit: limitAfter(page), revision }, read)
    for (const one of page.keys) keys.push(one)
  }
  return { revision, keys, more: false }
}

/** Keys that follow small ones may be large: then fewer of them are asked for. */
async function readPage(ask: RangeAsk & { readonly limit: number }, read: Read) {
  for (let { limit } = ask; ; limit = Math.ceil(limit / 8)) {
    try {
      return await read({ ...ask, limit })
    } catch (thrown) {
      const isLarge = TroupeError.is(thrown, 'ETCD_REFUSED') && TOO_LARGE.test(thrown.message)
      if (!isLarge || limit === 1) throw thrown
    }
  }
}

function limitAfter({ keys }: RangeAnswer): number {
  const bytes = keys.reduce((sum, { key, value }) => sum + key.length + value.length + 32, 0)
  const each = Math.max(1, bytes / Math.max(1, keys.length))
  return Math.min(PAGE_KEYS_MAX, Math.max(1, Math.floor(PAGE_BYTES / each)))
}
