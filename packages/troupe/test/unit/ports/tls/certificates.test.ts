/** contract/certificates and ports/tls: who is believed, and what an update changes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it, type TestContext } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { Certificates, TroupeError } from '#contract'
import { loadCertificates } from '#ports'
import { type ClientTls, clientTlsOptions } from '#ports/tls/client-tls'
import { followCertificates, type ServerTls, serverTlsOptions } from '#ports/tls/server-tls'
import { type TestAuthority, type TestPair, testAuthority } from '#test/certificates'

let authority: TestAuthority
let stranger: TestAuthority
let first: TestPair
let second: TestPair

before(async () => {
  authority = await testAuthority()
  stranger = await testAuthority('Stranger')
  first = await authority.issue({ name: 'first' })
  second = await authority.issue({ name: 'second' })
})

const invalid = (run: () => unknown, problem: RegExp) =>
  assert.throws(run, (error) => {
    assert.ok(TroupeError.is(error, 'CERTIFICATE_INVALID'))
    assert.match(String(error.detail.problem), problem)
    return true
  })

/** A TLS server that greets; its port. */
async function served(t: TestContext, tls: ServerTls): Promise<number> {
  const server = createServer(serverTlsOptions(tls), (socket) => {
    socket.on('error', () => {})
    socket.end('hello')
  })
  server.on('tlsClientError', () => {})
  const unfollow = followCertificates(tls, [server])
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    unfollow()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** The name in the certificate of the server, once its greeting has come; or the failure. */
async function shown(port: number, tls: ClientTls, host = '127.0.0.1'): Promise<string> {
  const socket: TLSSocket = connect({ ...clientTlsOptions(tls, host), port, host: '127.0.0.1' })
  try {
    let name = ''
    socket.once('secureConnect', () => {
      name = String(socket.getPeerCertificate().subject.CN)
    })
    const [greeting] = await Promise.race([once(socket, 'data'), once(socket, 'close')])
    return Buffer.isBuffer(greeting) ? name : 'closed'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'failed'
  } finally {
    socket.destroy()
  }
}

describe('certificates', { timeout: 60_000 }, () => {
  it('tell who they are for and until when, but never the key', () => {
    const certificates = new Certificates(first)
    const { subject, updates, validFromMs, validToMs, fingerprint } = certificates.info
    assert.deepEqual([subject, updates], ['CN=first', 0])
    assert.ok(validFromMs < validToMs)
    assert.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    const secret = first.key.split('\n')[1] ?? 'no secret'
    for (const told of [JSON.stringify(certificates), inspect(certificates, { depth: 9 })]) {
      assert.ok(!told.includes(secret))
    }
  })

  it('take bytes as well as text, and keep a copy', () => {
    const cert = Buffer.from(first.cert)
    const certificates = new Certificates({ cert, key: Buffer.from(first.key) })
    cert.fill(0)
    assert.equal(certificates.pair.cert, first.cert)
  })

  it('refuse what is no pair, and tell nothing of the key', () => {
    invalid(() => new Certificates({ cert: first.cert, key: second.key }), /does not belong/)
    invalid(() => new Certificates({ cert: 'no certificate', key: first.key }), /as certificate/)
    invalid(() => new Certificates({ cert: first.cert, key: 'no key' }), /as key/)
    invalid(() => new Certificates(undefined as unknown as TestPair), /as certificate/)
    try {
      new Certificates({ cert: first.cert, key: second.key.replace('PRIVATE', 'PUBLIC') })
      assert.fail('a damaged key was taken')
    } catch (error) {
      const secret = second.key.split('\n')[1] ?? ''
      assert.ok(!inspect(error, { depth: 9 }).includes(secret))
    }
  })

  it('keep the pair before when an update is refused, and tell nobody', () => {
    const certificates = new Certificates(first)
    let told = 0
    certificates.watch(() => {
      told += 1
    })
    invalid(() => certificates.update({ cert: second.cert, key: first.key }), /does not belong/)
    assert.deepEqual([certificates.pair.cert, certificates.info.updates, told], [first.cert, 0, 0])
  })

  it('tell every watcher of an update, also behind one that throws, until it leaves', () => {
    const certificates = new Certificates(first)
    const told: string[] = []
    certificates.watch(() => {
      throw new TypeError('on purpose')
    })
    const leave = certificates.watch(({ cert }) => told.push(cert))
    certificates.update(second)
    leave()
    certificates.update(first)
    assert.deepEqual(told, [second.cert])
    assert.equal(certificates.info.updates, 2)
    assert.equal(certificates.watchers, 1)
  })

  it('are read from files, and again when told', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-certificates-'))
    t.after(() => rm(folder, { recursive: true }))
    const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
    const put = async ({ cert, key }: TestPair): Promise<void> => {
      await writeFile(files.certFile, cert)
      await writeFile(files.keyFile, key)
    }
    await assert.rejects(loadCertificates(files), (error) => {
      assert.ok(TroupeError.is(error, 'CERTIFICATE_INVALID'))
      return /tls\.crt cannot be read \(ENOENT\)/.test(error.message)
    })
    await put(first)
    const certificates = await loadCertificates(files)
    assert.equal(await certificates.reload(), false)
    await put(second)
    assert.equal(await certificates.reload(), true)
    assert.equal(certificates.info.subject, 'CN=second')
    await put({ cert: first.cert, key: second.key })
    await assert.rejects(certificates.reload(), /does not belong/)
    await writeFile(files.certFile, 'x'.repeat(1_048_577))
    await assert.rejects(certificates.reload(), /too large/)
    assert.equal(certificates.info.subject, 'CN=second')
  })
})

describe('TLS of servers and clients', { timeout: 60_000 }, () => {
  it('believes a server of its authority, and no other', async (t) => {
    const port = await served(t, { certificates: new Certificates(first) })
    assert.equal(await shown(port, { ca: authority.ca }), 'first')
    assert.equal(await shown(port, { ca: [stranger.ca, authority.ca] }), 'first')
    assert.notEqual(await shown(port, { ca: stranger.ca }), 'first')
    assert.notEqual(await shown(port, {}), 'first')
    assert.equal(await shown(port, { verify: false }), 'first')
  })

  it('compares the name of the server with its certificate', async (t) => {
    const pair = await authority.issue({ name: 'one', hosts: ['one.example'], addresses: [] })
    const port = await served(t, { certificates: new Certificates(pair) })
    const { ca } = authority
    assert.equal(await shown(port, { ca }), 'ERR_TLS_CERT_ALTNAME_INVALID')
    assert.equal(await shown(port, { ca }, 'one.example'), 'one')
    assert.equal(await shown(port, { ca, serverName: 'one.example' }), 'one')
    assert.equal(
      await shown(port, { ca, serverName: '127.0.0.2' }, 'one.example'),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })

  it('shows an updated certificate to the next client', async (t) => {
    const certificates = new Certificates(first)
    const port = await served(t, { certificates })
    assert.equal(await shown(port, { ca: authority.ca }), 'first')
    certificates.update(second)
    assert.equal(await shown(port, { ca: authority.ca }), 'second')
  })

  it('lets only clients of its authority in, once that is given', async (t) => {
    const clientCa = authority.ca
    const port = await served(t, { certificates: new Certificates(first), clientCa })
    const { ca } = authority
    const own = new Certificates(second)
    assert.notEqual(await shown(port, { ca }), 'first')
    const foreign = new Certificates(await stranger.issue())
    assert.notEqual(await shown(port, { ca, certificates: foreign }), 'first')
    const expired = new Certificates(await authority.issue({ validDays: -1 }))
    assert.notEqual(await shown(port, { ca, certificates: expired }), 'first')
    assert.equal(await shown(port, { ca, certificates: own }), 'first')
  })

  it('stays as secure after an update: clients still need a certificate', async (t) => {
    const certificates = new Certificates(first)
    const port = await served(t, { certificates, clientCa: authority.ca })
    certificates.update(second)
    const { ca } = authority
    assert.notEqual(await shown(port, { ca }), 'second')
    assert.equal(await shown(port, { ca, certificates }), 'second')
  })

  it('refuses options that cannot be, by name', () => {
    const certificates = new Certificates(first)
    const refused = (run: () => unknown, option: string) =>
      assert.throws(run, (error) => {
        assert.ok(TroupeError.is(error, 'OPTION_INVALID'))
        assert.equal(error.detail.option, option)
        return true
      })
    const wrong = {} as { certificates: Certificates }
    refused(() => serverTlsOptions(wrong), 'tls.certificates')
    refused(() => serverTlsOptions({ certificates, clientCa: 'nothing' }), 'tls.clientCa')
    refused(() => serverTlsOptions({ certificates, clientCa: [] }), 'tls.clientCa')
    const damaged = authority.ca.replace(/\n[A-Za-z0-9+/]{20}/, '\n')
    refused(() => serverTlsOptions({ certificates, clientCa: damaged }), 'tls.clientCa')
    refused(() => clientTlsOptions({ ca: '' }, 'x'), 'tls.ca')
    refused(() => clientTlsOptions({ serverName: '' }, 'x'), 'tls.serverName')
    refused(() => clientTlsOptions({ verify: 1 as unknown as boolean }, 'x'), 'tls.verify')
  })
})
