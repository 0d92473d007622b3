/**
 * bench/peers/bullmq: the HTTP side of a job queue on Redis: a job is accepted once Redis has it.
 *
 * `node front.mjs REDIS_PORT`; prints its own port. Speaks as much of the job cluster's HTTP as the
 * bench needs: `POST /jobs?kind=word-count` and the counts of `GET /cluster`.
 */
import { createServer } from 'node:http'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'

const port = Number(process.argv[2])
const connection = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null })
const queue = new Queue('jobs', { connection })
const OPTIONS = { attempts: 5, backoff: { type: 'exponential', delay: 100 } }

async function submit(request, response) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const { id } = await queue.add('word-count', { text }, OPTIONS)
  response.writeHead(201, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ id, state: 'queued' }))
}

async function counts(response) {
  const { completed, failed, waiting, active } = await queue.getJobCounts()
  const jobs = { done: completed, failed, queued: waiting, running: active }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jobs }))
}

const server = createServer((request, response) => {
  const work = request.method === 'POST' ? submit(request, response) : counts(response)
  work.catch((error) => {
    response.writeHead(500)
    response.end(String(error))
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.on('SIGTERM', () => process.exit(0))
