/** ports/tcp: whatever clients do, every byte and every connection is accounted for. */
import { describe, it } from 'node:test'
import { Certificates } from 'troupe'
import { testAuthority } from '#test/certificates'
import { runRandomClients } from '#test/unit/ports/tcp/random-clients'
import { started } from '#test/unit/ports/tcp/tcp-kit'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)

describe('the account of a TCP port', { timeout: 120_000 }, () => {
  it('closes over clients that do anything', async (t) => {
    const node = await started(t)
    for (let i = 0; i < 5; i += 1) await runRandomClients(node, { seed: seed + i, clients: 60 })
  })

  it('closes with TLS, also when half of the clients speak none', async (t) => {
    const node = await started(t)
    const certificates = new Certificates(await (await testAuthority()).issue())
    for (let i = 0; i < 3; i += 1) {
      await runRandomClients(node, { seed: seed + i, clients: 40, tls: { certificates } })
    }
  })
})
