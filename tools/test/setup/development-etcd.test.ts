/**
 * setup/development-etcd: an etcd that stays is started once, found again, ended and removed.
 */
import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { cleanIn, runningIn, startIn, stopIn } from '#setup/development-etcd'
import { partSkip } from '#setup/parts'

/** A port of the machine's choice, with a free one behind it. */
async function somePort(): Promise<number> {
  for (;;) {
    const first = await listening(0)
    const address = first?.address()
    if (first === undefined || typeof address !== 'object' || address === null) continue
    const second = await listening(address.port + 1)
    for (const server of [first, second]) {
      if (server !== undefined) await new Promise((resolve) => server.close(resolve))
    }
    if (second !== undefined) return address.port
  }
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server))
  })
}

describe('the etcd of a clone', { skip: partSkip('etcd') }, () => {
  let folder: string
  before(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'troupe-development-')), 'etcd')
  })
  after(async () => {
    await cleanIn(folder)
    await rm(join(folder, '..'), { recursive: true })
  })

  it('is started once, however often it is asked for', async () => {
    const port = await somePort()
    const first = await startIn({ folder, port })
    equal(first.isNew, true)
    match(first.version, /^3\.\d+\.\d+$/)
    const second = await startIn({ folder, port })
    deepEqual([second.isNew, second.pid], [false, first.pid])
    await rejects(startIn({ folder, port: port + 10 }), /listens on port/)
  })

  it('is not taken for one that stands in its way', async () => {
    const { port } = runningIn(folder) ?? { port: 0 }
    const other = join(folder, 'other')
    await rejects(startIn({ folder: other, port }), /Another etcd \(3\.[\d.]+\) listens on/)
    equal(existsSync(other), false)
  })

  it('ends once, and its data stay until they are removed', async () => {
    equal(await stopIn(folder), true)
    equal(await stopIn(folder), false)
    equal(existsSync(join(folder, 'data')), true)
    equal(await cleanIn(folder), true)
    equal(existsSync(folder), false)
    equal(await cleanIn(folder), false)
  })

  it('says how to have the program where there is none', async () => {
    const given = process.env['TROUPE_ETCD']
    process.env['TROUPE_ETCD'] = '/nowhere/etcd'
    const started = startIn({ folder, port: await somePort() })
    await rejects(started, /There is no program \/nowhere\/etcd/)
    if (given === undefined) delete process.env['TROUPE_ETCD']
    else process.env['TROUPE_ETCD'] = given
  })
})
