/**
 * bench/peers/bullmq: one worker process: counts words, two jobs at a time.
 *
 * `node worker.mjs REDIS_PORT`; prints a line when it is ready.
 */
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'

const port = Number(process.argv[2])
const connection = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null })

/** The same answer as the kind `word-count` of the job cluster: how many words, the commonest. */
function wordCount(text) {
  const found = new Map()
  let words = 0
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    words += 1
    found.set(word, (found.get(word) ?? 0) + 1)
  }
  const top = [...found].sort((left, right) => right[1] - left[1]).slice(0, 10)
  return { words, distinct: found.size, top }
}

const worker = new Worker('jobs', async ({ data }) => wordCount(data.text), {
  connection,
  concurrency: 2,
})
await worker.waitUntilReady()
console.log('ready')
process.on('SIGTERM', () => process.exit(0))
