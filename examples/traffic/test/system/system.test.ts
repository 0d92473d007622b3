/** The whole system, as a program of its own, with real packets and real questions. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { assertAccount, isSettled } from '#test/list/setting'
import { BUS_DAY, REAL_PACKET } from '#test/samples'
import { startSender } from '#test/sender/sender-process'
import { runToEnd, type Stats, SystemProcess, talkingClient, udpClient } from '#test/system-process'
import { encodePacket } from '#traffic/packet/decode'

const packetOf = (id: string, latitude: number, longitude: number, emergency = false) =>
  encodePacket({ id, latitude, longitude, emergency })

describe('the traffic system', { timeout: 240_000 }, () => {
  it('finds the packet of the article again near its position', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const before = Date.now()
    await udpClient(t, system.udpPort)(REAL_PACKET)
    await system.statsWhen(({ stored }) => stored === 1)
    const [vehicle] = await system.nearest(-36.4774, -77.3202)
    assert.equal(vehicle?.ID, '4e091396-62ae-4f3b-8715-7b4fc9c64d14')
    assert.equal(vehicle.Lat, -36.477359202898015)
    assert.equal(vehicle.Lon, -77.32020642719667)
    assert.equal(vehicle.Emergency, false)
    assert.ok(vehicle.Distance < 10)
    const receivedAtMs = Date.parse(vehicle.Date)
    assert.ok(receivedAtMs >= before && receivedAtMs <= Date.now())
  })

  it('shows itself to people and to Prometheus', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet', '--observer', '0', '--metrics', '0')
    const [, observer] = /(http:\S+)\/$/.exec(await system.line(/^Observer {2}http/)) ?? []
    const sheet = await (await fetch(`${observer}/api/cluster`)).json()
    const { nodes } = sheet as { readonly nodes: readonly { readonly node: string }[] }
    assert.deepEqual(
      nodes.map(({ node }) => node),
      ['traffic@localhost'],
    )
    const [, metrics = ''] = / (http:\S+)$/.exec(await system.line(/^metrics {3}http/)) ?? []
    const page = await (await fetch(metrics)).text()
    assert.match(page, /^troupe_node_up\{node="traffic@localhost"\} 1$/m)
    assert.equal((await fetch(metrics.replace('/metrics', '/health/ready'))).status, 200)
  })

  it('listens on both loopbacks where there are two', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    if (!system.lines.some((line) => line.includes('udp [::1]:'))) return
    await udpClient(t, system.udpPort, '::1')(packetOf('six', 1, 1))
    await system.statsWhen(({ stored }) => stored === 1)
    assert.equal((await system.ask('/?lat=1&lon=1', 'GET', '::1')).status, 200)
  })

  it('keeps one vehicle for an id, the newest, and gives the ten nearest in order', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const send = udpClient(t, system.udpPort)
    assert.deepEqual(await system.nearest(0, 0), [])
    for (let i = 0; i < 20; i += 1) await send(packetOf(`v${i}`, 10, i))
    await send(packetOf('v0', 10, 0.5))
    const stats = await system.statsWhen(({ stored }) => stored === 21)
    assert.equal(stats.vehicles, 20)
    const found = await system.nearest(10, 0.4)
    assert.deepEqual(
      found.map(({ ID }) => ID),
      ['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9'],
    )
    const byDistance = found.map(({ Distance }) => Distance)
    assert.deepEqual(
      byDistance,
      [...byDistance].sort((left, right) => left - right),
    )
  })

  it('logs an emergency with its id and stores it too', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    await udpClient(t, system.udpPort)(packetOf('help-me', 1, 1, true))
    await system.line(/emergency.*help-me/)
    await system.statsWhen(({ stored }) => stored === 1)
    assert.equal((await system.nearest(1, 1))[0]?.Emergency, true)
  })

  it('answers a good packet with exactly one newline, and a bad one with nothing', async (t) => {
    for (const [flags, expected] of [
      [[], '\n'],
      [['--reply', 'original'], '\\n'],
    ] as const) {
      const system = await SystemProcess.start(t, '--no-fleet', ...flags)
      for (const address of ['127.0.0.1', '::1']) {
        if (!system.lines.some((line) => line.includes(address))) continue
        const { send, replied, replies } = talkingClient(t, system.udpPort, address)
        await send(Buffer.from('garbage'))
        await send(REAL_PACKET)
        assert.equal(String((await replied(1))[0]), expected)
        await system.statsWhen(isSettled)
        assert.equal(replies.length, 1)
      }
    }
  })

  it('answers nobody when it is told so', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet', '--reply', 'none')
    const { send, replies } = talkingClient(t, system.udpPort)
    for (let i = 0; i < 20; i += 1) await send(REAL_PACKET)
    await system.statsWhen(({ stored }) => stored === 20)
    await system.stop()
    assert.equal(replies.length, 0)
  })

  it('answers bad questions with a status and a reason', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const statusOf = async (path: string, method = 'GET') => {
      const { status, body } = await system.ask(path, method)
      assert.ok(typeof JSON.parse(body).error === 'string', path)
      return status
    }
    for (const query of ['', '?lat=1', '?lat=north&lon=1', '?lat=91&lon=1', '?lat=1&lon=181']) {
      assert.equal(await statusOf(`/${query}`), 400, query)
    }
    assert.equal(await statusOf('/?lat=NaN&lon=1'), 400)
    assert.equal(await statusOf('/?lat=1&lon=1&limit=101'), 400)
    assert.equal(await statusOf('/nowhere'), 404)
    assert.equal(await statusOf('/kill?part=storage', 'POST'), 404)
    assert.equal(await statusOf('/?lat=1&lon=1', 'POST'), 405)
  })

  it('accounts for a flood of garbage by cause, and stores the next good packet', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const send = udpClient(t, system.udpPort)
    const garbage: readonly (readonly [string, Uint8Array])[] = [
      ['empty', new Uint8Array(0)],
      ['oversize', new Uint8Array(2_000)],
      ['truncated', REAL_PACKET.subarray(0, 40)],
      ['trailing', Buffer.concat([REAL_PACKET, REAL_PACKET])],
      ['malformed', Uint8Array.from([0xc1])],
      ['nested', new Uint8Array(900).fill(0x91)],
      ['not-a-map', Buffer.from('\n')],
      ['extension', Uint8Array.from([0xd4, 1, 1])],
      ['missing-key', Uint8Array.from([0x80])],
      ['extra-key', Uint8Array.from([0x81, 0xa1, 0x61, 1])],
    ]
    const rounds = 100
    for (let round = 0; round < rounds; round += 1) {
      for (const [, bytes] of garbage) await send(bytes)
      // So few at a time that the kernel has room for all of them.
      const sent = (round + 1) * garbage.length
      if (round % 10 === 9) await system.statsWhen((now) => now.sent === sent)
    }
    await send(packetOf('good', 1, 1))
    const total = rounds * garbage.length + 1
    const stats = await system.statsWhen((now) => now.sent === total && isSettled(now))
    assert.equal(stats.stored + stats.rejected + stats.dropped, total)
    for (const [cause] of garbage) assert.equal(stats.rejectedFor[cause], rounds, cause)
    assert.equal((await system.nearest(1, 1))[0]?.ID, 'good')
  })

  it('accounts for what the kernel drops when packets come too fast', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet', '--receive-buffer', '65536')
    if ((await system.stats()).droppedAt['kernel'] === 'unknown') {
      t.diagnostic('this system does not tell what its kernel drops')
      return
    }
    const send = udpClient(t, system.udpPort)
    const flood = 20_000
    await Promise.all(Array.from({ length: flood }, (_, i) => send(packetOf(`v${i}`, 1, 1))))
    const stats = await system.statsWhen((now) => now.sent === flood && isSettled(now))
    assert.equal(stats.stored + stats.dropped, flood)
    assert.equal(stats.vehicles, stats.stored)
  })

  it('drives its own fleet over UDP at the rate it was given', async (t) => {
    const system = await SystemProcess.start(t, '--vehicles', '50', '--rate', '2000', '--seed', '7')
    const stats = await system.statsWhen(({ stored }) => stored >= 2_000)
    assert.equal(stats.vehicles, 50)
    assert.equal(stats.difference, 0)
    assert.equal(stats.rejected + stats.dropped + stats.lost, 0)
  })

  it('honours the flags that name it, with one dash or two', async (t) => {
    const flags = [
      '-name',
      `lot-${process.pid}@localhost`,
      '--cookie',
      'the secret of a depot',
      '-level',
      'debug',
      '--no-fleet',
    ]
    const system = await SystemProcess.start(t, ...flags)
    assert.equal((await system.stats()).sent, 0)
  })
})

describe('when a part is killed', { timeout: 240_000 }, () => {
  for (const part of ['storage', 'ingest', 'worker', 'udp', 'intake', 'desk', 'web', 'reporter']) {
    it(`ingestion resumes by itself: ${part}`, async (t) => {
      const system = await SystemProcess.start(t, '--no-fleet', '--allow-kill')
      const send = udpClient(t, system.udpPort)
      await send(packetOf('before', 1, 1))
      await system.statsWhen(({ stored }) => stored === 1)
      await system.kill(part)
      const killed = await system.statsWhen(({ restarts }) => (restarts[part] ?? 0) === 1)
      await system.line(
        part === 'worker' ? /killed by request/ : new RegExp(`restarted.*part=${part}`),
      )
      let sent = 1
      const after = await system.statsWhen(({ stored }) => {
        if (stored > killed.stored) return true
        sent += 1
        void send(packetOf('after', 2, 2))
        return false
      })
      assert.equal(after.vehicles, 2)
      const settled = await system.statsWhen((now) => now.sent === sent && isSettled(now))
      assert.equal(settled.stored + settled.dropped + settled.lost, sent)
      assert.equal((await system.nearest(1, 1))[0]?.ID, 'before')
    })
  }

  it('packets of another program go on, whatever chaos kills, and its count closes', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet', '--chaos-seconds', '0.1')
    const flow = { port: system.udpPort, rate: 2_000, seconds: 0, vehicles: 50 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    const isEnough = (stats: Stats): boolean =>
      Object.values(stats.restarts).reduce((sum, count) => sum + count, 0) >= 25
    const stats = await system.statsWhen((now) => isEnough(now) && now.stored > 3_000)
    assert.equal(stats.difference, 0)
    await system.statsWhen((now) => now.stored > stats.stored + 1_000)
    sender.stop()
    const { sent } = await sender.ended
    assertAccount(await system.statsWhen((now) => now.sent >= sent && isSettled(now)), sent)
    assert.equal(await system.stop(), 0)
  })

  it('the own fleet goes on, whatever chaos kills', async (t) => {
    const flags = ['--vehicles', '50', '--rate', '1000', '--chaos-seconds', '0.1']
    const system = await SystemProcess.start(t, ...flags)
    const killed = await system.statsWhen(({ restarts }) => (restarts['fleet'] ?? 0) >= 1)
    const later = await system.statsWhen((now) => now.stored > killed.stored + 500)
    assert.equal(later.difference, 0)
    assert.equal(await system.stop(), 0)
  })
})

describe('a replay', { timeout: 400_000 }, () => {
  it('leaves every bus at its last recorded position', async (t) => {
    if (!existsSync(BUS_DAY)) {
      t.diagnostic('../shared/data/austin-buses-2017-04-18.csv.gz is absent: not replayed')
      return
    }
    const system = await SystemProcess.start(t, '--replay', BUS_DAY, '--speed', '20000', '--once')
    const check = await system.line(/^check: /)
    assert.match(check, /^check: (\d+) of \1 vehicles are at their last recorded position$/)
    assert.match(system.lines.join('\n'), /sent 44,300 = stored 44,300 \+ rejected 0/)
    assert.equal(await system.ended, 0)
  })

  it('of a file that cannot be read is refused before anything runs', async () => {
    const { code, error } = await runToEnd('--replay', 'absent.csv', '--udp-port', '0')
    assert.equal(code, 1)
    assert.match(error, /^cannot replay absent\.csv: /)
    assert.doesNotMatch(error, /\n {4}at /)
  })
})

describe('the program', { timeout: 240_000 }, () => {
  it('ends with code 0 when it is asked to', async (t) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const system = await SystemProcess.start(t, '--vehicles', '20', '--rate', '1000')
      await system.statsWhen(({ stored }) => stored > 100)
      system.signal(signal)
      assert.equal(await system.ended, 0)
      // One vehicle in some has an emergency, which has a line of its own behind the account.
      const last = system.lines.filter((line) => !line.startsWith('emergencies ')).at(-1)
      assert.match(last ?? '', /^\d+ vehicles \| sent [\d,]+ = stored /)
    }
  })

  it('says which port is in use, with a code and no stack, and ends with code 1', async (t) => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    t.after(() => socket.close())
    const { port } = socket.address()
    const { code, out, error } = await runToEnd('--udp-port', String(port), '--web-port', '0')
    assert.equal(code, 1)
    assert.match(error, new RegExp(`^PORT_IN_USE: the udp port 127.0.0.1:${port} is in use`))
    assert.doesNotMatch(out + error, /\n {4}at /)
  })

  it('explains its flags, and refuses one that it does not know by name', async () => {
    const help = await runToEnd('--help')
    assert.equal(help.code, 0)
    assert.match(help.out, /--replay FILE/)
    const refused = await runToEnd('--vehicels', '3')
    assert.equal(refused.code, 2)
    assert.match(refused.error, /^OPTION_INVALID: --vehicels is not known/)
  })

  it('refuses a node name that cannot be, with a code and no stack', async () => {
    const { code, error } = await runToEnd('--name', 'nohost', '--udp-port', '0', '--web-port', '0')
    assert.equal(code, 2)
    assert.match(error, /^OPTION_INVALID: --name must be of the form name@host/)
    assert.doesNotMatch(error, /\n {4}at /)
  })
})
