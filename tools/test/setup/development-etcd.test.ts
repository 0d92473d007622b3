/**
 * setup/development-etcd: an etcd that stays is started once, found again, ended and removed.
 */
import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { cleanIn, runningIn, startIn, stopIn } from '#setup/development-etcd'
import { partSkip } from '#setup/parts'

/** A port of the machine's choice; the next one is free nearly always. */
async function somePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
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
