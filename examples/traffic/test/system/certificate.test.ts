/** The certificate that clients are shown is the one whose fingerprint is printed. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connect } from 'node:tls'
import { dataFolder } from '#test/list/setting'
import { SystemProcess } from '#test/system-process'
import { CERTIFICATE_NAME } from '#traffic/tls/kept-certificate'

/** The fingerprint of what this port shows. */
async function shownAt(t: TestContext, port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket.getPeerCertificate().fingerprint256
}

/** What one start prints, after both ports were seen to show that very certificate. */
async function startOnce(t: TestContext, ...flags: readonly string[]) {
  const system = await SystemProcess.startAs(t, '--no-fleet', ...flags)
  const line = await system.line(/^certificate SHA-256 /)
  const fingerprint = line.slice('certificate SHA-256 '.length)
  assert.equal(await shownAt(t, system.webPort), fingerprint)
  assert.equal(await shownAt(t, system.tcpPort), fingerprint)
  const origin = await system.line(/^certificate (kept|made|of) /)
  assert.equal(await system.stop(), 0)
  return { fingerprint, origin }
}

describe('the certificate of the system', { timeout: 240_000 }, () => {
  it('is the same after a restart on the same data', async (t) => {
    const flags = ['--data', dataFolder(t)]
    const first = await startOnce(t, ...flags)
    const second = await startOnce(t, ...flags)
    assert.match(first.origin, /^certificate made for .* until \d{4}-\d\d-\d\d$/)
    assert.match(second.origin, /^certificate kept in .* until \d{4}-\d\d-\d\d$/)
    assert.equal(second.fingerprint, first.fingerprint)
  })

  it('is another one, and that is said, once others could have read its key', async (t) => {
    const folder = dataFolder(t)
    const first = await startOnce(t, '--data', folder)
    chmodSync(join(folder, CERTIFICATE_NAME), 0o644)
    const second = await startOnce(t, '--data', folder)
    assert.match(second.origin, /: others could read the key$/)
    assert.notEqual(second.fingerprint, first.fingerprint)
  })

  it('is another one at each start when nothing is kept', async (t) => {
    const first = await startOnce(t, '--no-data')
    const second = await startOnce(t, '--no-data')
    assert.equal(second.origin, 'certificate of this run alone: nothing is kept')
    assert.notEqual(second.fingerprint, first.fingerprint)
  })
})
