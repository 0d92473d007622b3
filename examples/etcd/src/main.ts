/**
 * etcd/main: runs two shops and a buyer, each in a process of its own, on an etcd that is given or
 * on one that ends with them.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { describeThrown, TroupeError } from 'troupe'
import { commandLineOf, type Flags, wordsOf } from './flags.js'

const HELP = `etcd: two shops and a buyer find each other through an etcd, and change while they run

  npm start -- etcd [flags]

  --endpoints LIST   host:port of an etcd that runs, with commas between them; default one that is
                     started for this and ends with it (the program TROUPE_ETCD, or etcd)
  --cluster NAME     nodes of one cluster find each other; default tickets
  --prefix PREFIX    what all keys begin with; default services/troupe
  --help             print this text

Lines for etcdctl to try are printed, and stand in examples/etcd/README.md.
`
const TYPED_WRONGLY = 2
const SHOPS = ['shop1', 'shop2'] as const
const FRONT = 'front'

const children: ChildProcess[] = []
let etcd: LocalEtcd | undefined
let isEnding = false

/** Starts one of the programs and settles when it has said that it buys or sells. */
function start(name: string, flags: Flags): Promise<void> {
  const path = fileURLToPath(new URL(`./${name.replace(/\d/, '')}.js`, import.meta.url))
  const words = [`${name}@localhost`, ...wordsOf(flags)]
  const child = fork(path, words, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  children.push(child)
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text.replace(/^(?=.)/gm, `${name}: `))
      if (/^(buys|sells) /m.test(text)) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      reject(new TroupeError('PROGRAM_FAILED', { command: name, problem: `it ended: ${code}` }))
    })
  })
}

/** Ends the programs, and then the etcd that they need to say goodbye. */
async function end(): Promise<void> {
  isEnding = true
  const running = children.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  )
  await Promise.all(
    running.map((child) => {
      child.kill('SIGTERM')
      return new Promise((resolve) => child.once('exit', resolve))
    }),
  )
  await etcd?.stop()
}

function lines({ endpoints = [], prefix, cluster }: Flags): string {
  const line = `etcdctl --endpoints ${endpoints.join(',')} put ${prefix}/cluster/${cluster}/config`
  return [
    'try, in another terminal (with ETCDCTL_API=3 where etcdctl is of 3.3 or before):',
    `  ${line}/'*'/tickets.price float:12.5`,
    `  ${line}/shop1/tickets.weight int:10`,
    '',
  ].join('\n')
}

async function run(given: Flags): Promise<void> {
  if (given.endpoints === undefined) etcd = await startEtcd({ fsync: false })
  const flags = { ...given, endpoints: given.endpoints ?? etcd?.endpoints }
  const what = etcd === undefined ? 'etcd' : `etcd ${etcd.version}, for these programs alone,`
  console.log(`${what} at ${flags.endpoints?.join(', ')}`)
  await Promise.all(SHOPS.map((name) => start(name, flags)))
  await start(FRONT, flags)
  process.stdout.write(lines(flags))
  console.log('ready')
}

function refuse(thrown: unknown): void {
  const told = TroupeError.is(thrown) ? `${thrown.code}: ${thrown.message}` : describeThrown(thrown)
  process.stderr.write(`${told}\n`)
  process.exitCode = 1
}

const line = commandLineOf(process.argv.slice(2), '')
if (line.kind === 'help') process.stdout.write(HELP)
else if (line.kind === 'refused') {
  process.stderr.write(`${line.problem}\n`)
  process.exitCode = TYPED_WRONGLY
} else {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end())
  try {
    await run(line.flags)
  } catch (thrown) {
    if (!isEnding) refuse(thrown)
    await end()
  }
}
