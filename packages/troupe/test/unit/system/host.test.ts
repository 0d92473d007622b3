/**
 * What a node tells of its machine: read from texts without trust, once for all who ask, and never
 * waiting long for what does not answer.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { type DiskSheet, type HostSheet, startNode } from 'troupe'
import { seededRandom, virtualClock } from 'troupe/testing'
import { HOST_KEPT_MS, HOST_READING_MS, HostFigures } from '#apps/system/host-figures'
import {
  coresIn,
  filesMaxIn,
  groupsIn,
  memoryIn,
  mountsIn,
  threadIn,
  throttlingIn,
} from '#apps/system/host-text'
import { type ProgramHost, programHost } from '#apps/system/program-host'

const MEMORY = `MemTotal:       1000 kB
MemFree:         100 kB
MemAvailable:    400 kB
Buffers:          50 kB
Cached:          250 kB
SwapTotal:       200 kB
SwapFree:        150 kB
`
const MOUNTS = `proc /proc proc rw 0 0
/dev/vda1 /var/lib/x ext4 rw 0 0
/dev/vda1 / ext4 rw 0 0
/dev/vdb /my\\040data xfs rw 0 0
/dev/vdc /hidden ext4 rw 0 0
tmpfs /hidden tmpfs rw 0 0
overlay /var/lib/docker/a overlay rw 0 0
server:/share /share nfs4 rw 0 0
gvfs /run/user fuse.gvfsd rw 0 0
tmpfs /tmp tmpfs rw 0 0
`

describe('the texts of a machine', () => {
  it('say how much memory there is', () => {
    assert.deepEqual(memoryIn(MEMORY), {
      ...{ totalBytes: 1_024_000, availableBytes: 409_600, usedBytes: 614_400 },
      ...{ cachedBytes: 307_200, swapTotalBytes: 204_800, swapUsedBytes: 51_200 },
    })
    assert.equal(memoryIn('MemTotal: many kB\n'), undefined)
  })

  it('say where disks are: each once, none that may never answer', () => {
    assert.deepEqual(mountsIn(MOUNTS), [
      { mount: '/', kind: 'ext4' },
      { mount: '/my data', kind: 'xfs' },
    ])
    const layers = 'overlay / overlay rw 0 0\noverlay /var/lib/docker/a overlay rw 0 0\n'
    assert.deepEqual(mountsIn(layers), [{ mount: '/', kind: 'overlay' }])
  })

  it('say what a thread did, whatever its name', () => {
    const stat = '7 (a) (b c) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 1 0 100'
    assert.deepEqual(threadIn(stat), { name: 'a) (b c', cpuMs: 3_000 })
    assert.equal(threadIn('7 (a) S'), undefined)
  })

  it('say how many files may be open', () => {
    assert.equal(filesMaxIn('Max open files            1024     4096    files\n'), 1_024)
    assert.equal(filesMaxIn('Max open files            unlimited unlimited files\n'), undefined)
  })

  it('say what a container may use, of both kinds of groups', () => {
    assert.deepEqual(groupsIn('0::/kube/pod\n4:cpu,cpuacct:/x\n3:memory:/y\n'), [
      {
        version: 2,
        folders: ['/sys/fs/cgroup/kube/pod', '/sys/fs/cgroup/kube', '/sys/fs/cgroup'],
      },
      { version: 1, folders: ['/sys/fs/cgroup/cpu/x', '/sys/fs/cgroup/cpu'] },
    ])
    assert.deepEqual(groupsIn('0::/../../etc\n'), [])
    assert.equal(coresIn('150000 100000\n'), 1.5)
    assert.equal(coresIn('max 100000\n'), undefined)
    assert.equal(coresIn('-1 100000\n'), undefined)
    const told = throttlingIn('nr_periods 9\nnr_throttled 3\nthrottled_usec 4500\n')
    assert.deepEqual(told, { throttled: 3, throttledMs: 4.5 })
    assert.equal(throttlingIn('nr_throttled 1\nthrottled_time 2000000\n').throttledMs, 2)
  })

  it('give finite numbers or none, however they are spoilt', () => {
    const random = seededRandom(20_261_122)
    const texts = [MEMORY, MOUNTS, '7 (a) S 1 7 7 0 -1 4 1 0 0 0 250 50 0 0 20', '1 2', '0::/a']
    for (let round = 0; round < 2_000; round += 1) {
      const characters = [...(texts[round % texts.length] as string)]
      for (let change = 0; change < 4; change += 1) {
        const place = random.below(characters.length)
        characters[place] = String.fromCharCode(random.below(128))
      }
      const text = characters.join('')
      const found = [memoryIn(text), threadIn(text)?.cpuMs, coresIn(text), filesMaxIn(text)]
      const numbers = [...found, ...Object.values(found[0] ?? {}), throttlingIn(text).throttled]
      for (const one of numbers) {
        if (typeof one === 'number') assert.ok(Number.isFinite(one), JSON.stringify(text))
      }
      for (const { mount } of mountsIn(text)) assert.ok(mount.startsWith('/'))
      for (const { folders } of groupsIn(text)) {
        for (const folder of folders) assert.ok(!folder.includes('..'))
      }
    }
  })
})

/** A machine that answers at once, except where it is told otherwise. */
function stageOf(changes: Partial<ProgramHost> = {}) {
  const clock = virtualClock()
  const asked: string[] = []
  const told =
    <T>(name: string, value: T) =>
    (): T => {
      asked.push(name)
      return value
    }
  const disk = (mount: { readonly mount: string; readonly kind: string }): DiskSheet => ({
    ...{ ...mount, sizeBytes: 100, usedBytes: 40, availableBytes: 50 },
  })
  const none = { memoryLimitBytes: undefined, memoryAvailableBytes: undefined, cores: undefined }
  const host: ProgramHost = {
    load: told('load', { one: 1, five: 2, fifteen: 3 }),
    memory: told('memory', Promise.resolve(memoryIn(MEMORY))),
    mounts: told('mounts', Promise.resolve([{ mount: '/', kind: 'ext4' }])),
    disk: async (mount) => disk(mount),
    files: told('files', Promise.resolve({ open: 20, max: 1_024 })),
    resources: told('resources', { Timeout: 2 }),
    threads: async () => ({ total: 1, rows: [{ id: 1, name: 'node', cpuMs: clock.nowMs() / 2 }] }),
    workers: told('workers', { total: 0, rows: [] }),
    container: async () => ({ ...none, throttled: 0, throttledMs: 0 }),
    stop: () => {},
    ...changes,
  }
  const figures = new HostFigures(host, {
    ...{ node: 'b@stage', nowMs: () => clock.nowMs(), wallMs: () => clock.wallMs() },
    after: (delayMs, run) => clock.after(delayMs, run),
  })
  const sheet = (): Promise<HostSheet> => clock.until(figures.sheet())
  return { clock, asked, sheet, figures }
}

describe('the sheet of a machine', () => {
  it('is one reading for all who ask within some seconds', async () => {
    const { clock, asked, sheet, figures } = stageOf()
    const [one, other] = await clock.until(Promise.all([figures.sheet(), figures.sheet()]))
    assert.equal(one, other)
    await clock.advance(HOST_KEPT_MS - 1)
    assert.equal(await sheet(), one)
    assert.equal(asked.filter((name) => name === 'memory').length, 1)
    await clock.advance(1)
    assert.notEqual(await sheet(), one)
    assert.equal(asked.filter((name) => name === 'memory').length, 2)
    assert.deepEqual(one.unread, [])
    assert.equal(one.disks[0]?.usedBytes, 40)
  })

  it('tells of a thread which share of a core it had since the reading before', async () => {
    const { clock, sheet } = stageOf()
    assert.equal((await sheet()).threads[0]?.utilisation, undefined)
    await clock.advance(10_000)
    assert.equal((await sheet()).threads[0]?.utilisation, 0.5)
  })

  it('goes without a disk that hangs, and does not ask it again meanwhile', async () => {
    let disks = 0
    const hanging = new Promise<never>(() => {})
    const { clock, sheet } = stageOf({
      disk: () => {
        disks += 1
        return hanging
      },
    })
    for (let round = 0; round < 3; round += 1) {
      const startMs = clock.nowMs()
      const { unread, disks: told, memory } = await sheet()
      assert.deepEqual([unread, told.length, memory?.totalBytes], [['disk /'], 0, 1_024_000])
      assert.ok(clock.nowMs() - startMs <= HOST_READING_MS)
      await clock.advance(HOST_KEPT_MS)
    }
    assert.equal(disks, 1)
  })

  it('goes without what throws, and counts no resources of a program with many files', async () => {
    const { sheet } = stageOf({
      load: () => assert.fail('no'),
      memory: async () => assert.fail('no'),
      files: async () => ({ open: 100_000, max: undefined }),
    })
    const { load, memory, resources, unread } = await sheet()
    assert.deepEqual([load, memory, resources], [undefined, undefined, undefined])
    assert.deepEqual([...unread].sort(), ['load', 'memory', 'resources'])
  })
})

describe('the machine that this runs on', () => {
  it('tells of itself, with the workers that were begun', async () => {
    const host = programHost()
    const worker = new Worker('setInterval(() => {}, 1_000)', { eval: true })
    try {
      assert.equal(host.workers().total, 1)
      const memory = await host.memory()
      assert.ok(memory !== undefined && memory.usedBytes > 0)
      assert.ok(memory.usedBytes <= memory.totalBytes)
      const [mount] = (await host.mounts()) ?? []
      assert.ok(mount !== undefined)
      const disk = await host.disk(mount)
      assert.ok(disk !== undefined && disk.usedBytes <= disk.sizeBytes)
      const files = await host.files()
      assert.ok(process.platform === 'win32' || (files?.open ?? 0) > 2)
      if (process.platform === 'linux') {
        const threads = await host.threads()
        assert.ok((threads?.rows.length ?? 0) > 1)
        assert.ok((files?.max ?? 0) > 0)
      }
      assert.equal(typeof (await host.container()).memoryAvailableBytes, 'number')
      assert.equal(typeof host.resources(), 'object')
    } finally {
      await worker.terminate()
      assert.equal(host.workers().total, 0)
      host.stop()
    }
  })

  it('is told by its node to whoever asks', async () => {
    const node = await startNode('host@localhost', { logSinks: [], handleSignals: false })
    try {
      const sheet = (await node.call('system', 'host')) as HostSheet
      assert.equal(sheet.node, 'host@localhost')
      assert.ok(sheet.cores >= 1)
      assert.ok((sheet.memory?.totalBytes ?? 0) > 0)
    } finally {
      await node.stop()
    }
  })
})
