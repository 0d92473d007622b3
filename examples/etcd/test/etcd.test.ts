/**
 * examples/etcd: its programs run as a user runs them, and change by the lines they print.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { partSkip } from '@troupe/tools/parts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const run = promisify(execFile)

/** One run of the programs, with all that they have printed. */
class Run {
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>
  text = ''
  #look = (): void => {}

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const own = { ...process.env, COOKIE: 'tickets for everybody', NO_COLOR: '1', ...env }
    this.#child = spawn(process.execPath, [MAIN, ...words], { env: own })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        this.text += part
        this.#look()
      })
    }
    this.ended = new Promise((resolve) => this.#child.once('close', resolve))
  }

  /** Settles when it has printed that; rejects when it ends before. */
  prints(wanted: RegExp): Promise<RegExpExecArray> {
    const seen = new Promise<RegExpExecArray>((resolve) => {
      this.#look = () => {
        const found = wanted.exec(this.text)
        if (found !== null) resolve(found)
      }
      this.#look()
    })
    const ended = this.ended.then((code) => assert.fail(`it ended (${code}): ${this.text}`))
    return Promise.race([seen, ended])
  }

  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return this.ended
  }
}

const shell = (line: string) =>
  run('sh', ['-c', line], { env: { ...process.env, ETCDCTL_API: '3' }, timeout: 20_000 })

const skip = partSkip('etcd') || partSkip('etcdctl')

describe('the programs on an etcd', { skip }, () => {
  it('change by the lines they print, and end together', async () => {
    const programs = new Run([])
    await programs.prints(/^ready$/m)
    const lines = programs.text.match(/^ {2}etcdctl .*$/gm) ?? []
    assert.equal(lines.length, 2)
    const [typed = ''] = /etcdctl .* put \S+\/config/.exec(programs.text) ?? []
    await shell(`${typed}/front/front.pauseMs int:5`)
    await programs.prints(/shop1@localhost 1\d, shop2@localhost \d+; the last for 9\.50 EUR/)

    for (const line of lines) await shell(line)
    await programs.prints(/shop2: config-updated: tickets\.price is 12\.5, was undefined/)
    await programs.prints(/front: application-changed: tickets at shop1@localhost, weight 10/)
    await programs.prints(/shop1@localhost [12], shop2@localhost 1[89]; the last for 12\.50 EUR/)

    await shell(`${typed}/'*'/tickets.next int:9007199254740993`)
    await programs.prints(/number 90071992547\d+/)
    await shell(`${typed}/shop1/tickets.weight int:5000`)
    await programs.prints(/shop1: config-invalid: tickets\.weight: give a whole number from 0/)
    assert.equal(await programs.stop(), 0)
    const [endpoint = ''] = /127\.0\.0\.1:\d+/.exec(programs.text) ?? []
    await assert.rejects(shell(`etcdctl --command-timeout 200ms --endpoints ${endpoint} get a`))
  })

  it('say what is wrong where there is no etcd, or none answers', async () => {
    const absent = new Run([], { TROUPE_ETCD: '/nowhere/etcd' })
    assert.equal(await absent.ended, 1)
    assert.match(absent.text, /^ETCD_NOT_STARTED: .*apt-get install etcd-server/)
    const wrong = new Run(['--endpoint', 'localhost:1'])
    assert.equal(await wrong.ended, 2)
    const help = new Run(['--help'])
    assert.equal(await help.ended, 0)
    assert.match(help.text, /npm start -- etcd \[flags\][\s\S]*--endpoints LIST/)
  })
})
