/**
 * test/fake/fake-program: a stand-in for a program of the cluster, to try the chaos program on.
 *
 * All keep their jobs in one file on one disk, which no real cluster could: so it keeps its word
 * whatever is killed. `FAKE_FAULT` makes it break it: `forget` one job in ten, `double` effects.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { runKind } from '@troupe-examples/jobs/kinds/run'

const words = process.argv.slice(2)
const flag = (name: string): string => words[words.indexOf(`--${name}`) + 1] ?? ''
const index = Number(flag('index'))
const fault = process.env['FAKE_FAULT']

interface Job {
  readonly id: string
  readonly kind: string
  readonly parameters: Record<string, number>
  readonly text: string
  readonly state: string
  readonly result?: unknown
}

const folder = process.cwd()
const file = join(folder, 'jobs.jsonl')

function jobs(): Map<string, Job> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const known = new Map<string, Job>()
  for (const line of text.split('\n').slice(0, -1)) {
    const job = JSON.parse(line) as Job
    known.set(job.id, { ...known.get(job.id), ...job })
  }
  return known
}

const keep = (job: Partial<Job>): void => appendFileSync(file, `${JSON.stringify(job)}\n`)
const shown = ({ id, state, result }: Job) => ({ id, state, result })
const isOpen = ({ state }: Job): boolean => state === 'queued'

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [, first, id = ''] = url.pathname.split('/')
  const body = await bodyOf(request)
  if (first !== 'jobs') {
    const queued = [...jobs().values()].filter(isOpen).length
    return answer(response, 200, {
      ...{ leader: 'jobs1@localhost', term: 1, jobs: { queued, running: 0 } },
    })
  }
  if (request.method === 'POST') return take(url, body, response)
  if (id === '') {
    const list = [...jobs().values()].filter(({ state }) => state !== 'deleted')
    return answer(response, 200, { jobs: list.map(shown), next: null })
  }
  const job = jobs().get(id)
  if (job === undefined || job.state === 'deleted') return answer(response, 404, {})
  if (request.method === 'DELETE') keep({ id, state: 'deleted' })
  return answer(response, 200, shown(job))
}

function take(url: URL, body: Buffer, response: ServerResponse): void {
  const { id = '', kind = '', ...rest } = Object.fromEntries(url.searchParams)
  const isKnown = jobs().has(id)
  const parameters = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, Number(value)]),
  )
  const isForgotten = fault === 'forget' && id.endsWith('7')
  const job = { id, kind, parameters, text: body.toString('base64'), state: 'queued' }
  if (!isKnown && !isForgotten) keep(job)
  answer(response, isKnown ? 200 : 201, { id })
}

/** The own third of all jobs, one after the other. */
async function work(): Promise<never> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    for (const job of jobs().values()) {
      if (!isOpen(job) || Number(job.id.split('-').at(-1)) % 3 !== index - 1) continue
      const text = Buffer.from(job.text, 'base64')
      const outcome = await runKind(job.kind, job.parameters, [text], { bytes: text.length })
      const { id } = job
      const { result } = { result: undefined, ...outcome }
      const isTold = outcome.kind === 'failed' || (await tell(id, result))
      // Somebody may have taken it back meanwhile.
      if (!isTold || jobs().get(id)?.state !== 'queued') continue
      keep(outcome.kind === 'failed' ? { id, state: 'failed' } : { id, state: 'done', result })
    }
  }
}

async function tell(job: string, result: unknown): Promise<boolean> {
  const { digestOf } = await import('#chaos/account/digest')
  const post = async (worker: string, term: number): Promise<boolean> => {
    const effect = { job, attempt: 1, term, worker, digest: digestOf(result) }
    const body = JSON.stringify(effect)
    const asked = fetch(`${flag('effects')}/effects`, { method: 'POST', body })
    return asked.then(
      ({ ok }) => ok,
      () => false,
    )
  }
  const isTold = await post(`worker${index}@localhost`, 2)
  if (fault === 'double') await post('another@localhost', 2)
  return isTold
}

if (flag('role') === 'coordinator') {
  createServer((request, response) => void serve(request, response)).listen(
    Number(flag('http-port')),
    '127.0.0.1',
    () => console.log('ready'),
  )
} else {
  console.log('ready')
  void work()
}
