/**
 * Who is not to be let in is reset before anything is made for it, TLS or not.
 */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { Certificates } from 'troupe'
import type { Transport } from '#contract'
import { tcpTransport } from '#network/transport/tcp'
import { tlsTransport } from '#network/transport/tls'
import { testAuthority } from '#test/certificates'
import { DIAL, LOOPBACK } from './lines-kit.js'

/** A listener that lets in whom `isOpen` says, and what it has heard. */
async function guarded(transport: Transport) {
  const heard: string[] = []
  const door = { isOpen: false }
  const { promise, taken } = pending()
  const listener = await transport.listen({
    ...LOOPBACK,
    admits: (host) => {
      heard.push(`asked ${host}`)
      return door.isOpen
    },
    accept: (line) => {
      heard.push('line')
      line.destroy()
      taken()
    },
    refused: () => heard.push('refused'),
  })
  return { heard, door, listener, taken: promise }
}

function pending() {
  let taken = (): void => {}
  const promise = new Promise<void>((resolve) => {
    taken = resolve
  })
  return { promise, taken }
}

async function ways(): Promise<readonly (readonly [string, Transport])[]> {
  const authority = await testAuthority('Ours')
  const certificates = new Certificates(await authority.issue())
  return [
    ['TCP', tcpTransport()],
    ['TLS', tlsTransport({ certificates, ca: authority.ca })],
  ]
}

describe('a listener that asks before it takes', { timeout: 60_000 }, async () => {
  for (const [way, transport] of await ways()) {
    it(`resets at once who is not admitted, over ${way}`, async () => {
      const { heard, door, listener, taken } = await guarded(transport)
      const stranger = connect(listener.address.port, LOOPBACK.host)
      stranger.on('error', () => {}).resume()
      await new Promise((resolve) => stranger.once('close', resolve))
      assert.deepEqual(heard, ['asked 127.0.0.1'])
      door.isOpen = true
      const line = await transport.dial(listener.address, DIAL)
      await taken
      line.destroy()
      assert.deepEqual(heard, ['asked 127.0.0.1', 'asked 127.0.0.1', 'line'])
      await listener.close()
    })
  }
})
