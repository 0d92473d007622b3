/**
 * processes/tls: the terminal at nodes that only mutual TLS reaches.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { Demo, type Typed } from './demo.js'
import { TlsFolder } from './tls-folder.js'

let folder: TlsFolder
let demo: Demo
let far: Demo
let enter: readonly string[]
let files: readonly string[]
before(async () => {
  folder = await TlsFolder.make()
  const [one, other] = await Demo.startTls(['secret', 'secret-too'], folder.path)
  if (one === undefined || other === undefined) throw new Error('two nodes were asked for')
  demo = one
  far = other
  const address = `tls://localhost:${demo.port}`
  enter = ['--connect', address, '--timeout', '20s']
  files = ['--ca', folder.file('ca.crt'), ...pairOf('me')]
})
after(() => {
  demo?.stop()
  far?.stop()
  folder?.remove()
})

const pairOf = (name: string): readonly string[] => [
  ...['--cert', folder.file(`${name}.crt`)],
  ...['--key', folder.file(`${name}.key`)],
]
const ping = (...more: readonly string[]): Promise<Typed> => demo.type('ping', ...enter, ...more)

describe('a node with mutual TLS', { concurrency: true }, () => {
  it('is asked by whoever shows a certificate that it believes', async () => {
    const { code, out, notes } = await ping(...files)
    equal(code, 0, notes)
    ok(out.startsWith(demo.name))
  })

  it('tells of others, and they are reached by TLS, too', async () => {
    // Without the registrar of this host: what is known is learnt over TLS.
    const elsewhere = ['--registrar-port', '4498']
    const { code, out, notes } = await ping(far.name, ...elsewhere, ...files)
    equal(code, 0, notes)
    ok(out.startsWith(far.name))
  })

  it('refuses who shows none, and it is said how to show one', async () => {
    const { code, notes } = await ping('--ca', folder.file('ca.crt'))
    equal(code, 3)
    // Whether the line was made by then depends on who is quicker.
    match(notes, /Error: (PORT_FAILED|HANDSHAKE_INVALID): .*wants/)
    match(notes, /\nShow a certificate .*: --cert FILE --key FILE\n/)
  })

  it('is not believed without its authority, and it is said how to name that', async () => {
    const { code, notes } = await ping()
    equal(code, 3)
    match(notes, /PORT_FAILED: .*`ca`.*\nName the authority that has signed it: --ca FILE\n/)
  })
})

describe('a file of TLS that cannot be used', () => {
  it('is named, with what mends it', async () => {
    const nothing = folder.file('nothing.crt')
    deepEqual(await notesOf('--ca', nothing), [
      `Error: CERTIFICATE_INVALID: There is no file ${nothing}.`,
      'Correct --ca, or its variable.',
    ])
    const key = folder.file('me.key')
    deepEqual(await notesOf('--ca', key), [
      `Error: CERTIFICATE_INVALID: ${key} holds no certificate.`,
      'Give --ca a file of PEM certificates.',
    ])
    const [mixed] = await notesOf('--cert', folder.file('me.crt'), '--key', folder.file('tls.key'))
    match(
      mixed ?? '',
      /are no pair that can be used: the key does not belong to the certificate\.$/,
    )
    const damaged = folder.file('damaged.crt')
    writeFileSync(damaged, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    const [told] = await notesOf('--ca', damaged)
    equal(told, `Error: CERTIFICATE_INVALID: ${damaged} holds a damaged certificate.`)
  })
})

async function notesOf(...more: readonly string[]): Promise<readonly string[]> {
  const { code, notes } = await ping(...more)
  equal(code, 3)
  return notes.trim().split('\n')
}
