/** ports: a listener that outlives its port does not outlive the program. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'

const OPENED = `
import * as t from 'troupe'
const node = await t.startNode('ends@localhost', { logSinks: [] })
const reader = await node.spawn(t.actor(t.TcpReader, {
  on: { connected() {}, data() {}, disconnected() {} },
}))
const tcp = await t.openTcp({ port: 0 })
await node.spawn(t.tcpPort, { args: [{ listener: tcp, reader }] })
const socket = await t.openUdp({ port: 0 })
await node.spawn(t.udpPort, { args: [{ socket, target: { kind: 'process', to: reader } }] })
const web = await t.openWeb({ port: 0 })
await node.spawn(t.webPort, { args: [{ listener: web, fetch: () => new Response('hello') }] })
`
/** Closes after its own node, as samples do. */
const CLOSES = `
await node.stop()
await Promise.all([tcp.close(), socket.close(), web.close()])
console.log('closed')
`

/** Runs a program that has opened all kinds of listeners; what it prints, and how it ends. */
function program(t: TestContext, more: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OPENED + more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (text: Buffer) => {
    printed += String(text)
  })
  const ended = once(child, 'close')
  return { child, ended, printed: () => printed }
}

describe('a program that has opened listeners', { timeout: 60_000 }, () => {
  it('ends with its node at SIGTERM, whoever is connected', async (t) => {
    const tell = 'console.log(tcp.port, web.port)'
    const { child, ended, printed } = program(t, tell)
    await once(child.stdout, 'data')
    const [tcpPort, webPort] = printed().trim().split(' ').map(Number)
    const silent = connect(tcpPort ?? 0, '127.0.0.1')
    const asking = connect(webPort ?? 0, '127.0.0.1')
    t.after(() => [silent, asking].map((socket) => socket.destroy()))
    asking.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await Promise.all([once(silent, 'connect'), once(asking, 'data')])
    child.kill('SIGTERM')
    assert.deepEqual(await ended, [0, null])
  })

  it('lives until they are closed when it closes them after its node', async (t) => {
    const { ended, printed } = program(t, CLOSES)
    assert.deepEqual(await ended, [0, null])
    assert.equal(printed(), 'closed\n')
  })
})
