/**
 * setup/parts: what happens where a program of the system is absent, on machines made up here.
 */
import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ensureParts, type Machine, partSkip } from '#setup/parts'

const PARTS = { database: { program: 'dbd', packages: ['db-server', 'db-client'] } }

interface World {
  readonly machine: Machine
  readonly told: string[]
  readonly ran: string[]
}

/** A machine whose apt brings the program, or fails with `aptExit`. */
function world(options: {
  root: boolean
  present?: boolean
  apt?: boolean
  aptExit?: number
}): World {
  const ran: string[] = []
  let present = options.present ?? false
  const machine: Machine = {
    root: options.root,
    has: (program) => (program === 'apt-get' ? (options.apt ?? true) : present),
    apt: async (flags) => {
      ran.push(flags.join(' '))
      const exitCode = options.aptExit ?? 0
      if (flags[0] === 'install' && exitCode === 0) present = true
      return { exitCode, output: 'no such package' }
    },
  }
  return { machine, told: [], ran }
}

const ensure = ({ machine, told }: World, install: boolean): Promise<void> =>
  ensureParts({ install, parts: PARTS, machine, tell: (line) => told.push(line) })

describe('a part of the system that tests need', () => {
  it('is installed by root with apt, and announced', async () => {
    const here = world({ root: true })
    await ensure(here, true)
    deepEqual(here.ran, ['update', 'install -y --no-install-recommends db-server db-client'])
    match(here.told.join('\n'), /^Installing Debian packages: db-server db-client \(decline/)
    equal(partSkip('database', { parts: PARTS, machine: here.machine }), false)
  })

  it('starts no service where there is systemd, and says so before it is installed', async () => {
    const here = world({ root: true })
    const masked: string[] = []
    const mask = (service: string): boolean => {
      masked.push(`${service} before ${here.ran.length}`)
      return true
    }
    const parts = { database: { ...PARTS.database, services: ['dbd'] } }
    const tell = (line: string): void => void here.told.push(line)
    await ensureParts({ install: true, parts, machine: { ...here.machine, mask }, tell })
    deepEqual(masked, ['dbd before 0'])
    match(here.told.join('\n'), /dbd will not start by itself; undo: systemctl unmask dbd/)
  })

  it('is not installed again', async () => {
    const here = world({ root: true, present: true })
    await ensure(here, true)
    deepEqual([here.ran, here.told], [[], []])
  })

  it('may be another program that the environment names', async () => {
    const parts = { database: { ...PARTS.database, variable: 'DBD' } }
    const { machine } = world({ root: false })
    equal(partSkip('database', { parts, machine: { ...machine, env: { DBD: '/opt/dbd' } } }), false)
    match(
      String(partSkip('database', { parts, machine: { ...machine, env: {} } })),
      /not installed/,
    )
  })

  const declined = {
    'under --no-install': [world({ root: true }), false],
    'by another user than root': [world({ root: false }), true],
    'without apt': [world({ root: true, apt: false }), true],
  } as const
  for (const [when, [here, install]] of Object.entries(declined)) {
    it(`is not installed ${when}; the reason and the command are told`, async () => {
      await ensure(here, install)
      deepEqual(here.ran, [])
      const reason =
        'dbd is not installed; install it with: sudo apt-get install -y db-server db-client'
      deepEqual(here.told, [`What needs database is skipped: ${reason}`])
      equal(partSkip('database', { parts: PARTS, machine: here.machine }), reason)
    })
  }

  it('that is absent under CI=true is a failure, not a skip, and is told as one', async () => {
    const { machine, told } = world({ root: false })
    const strict = { ...machine, env: { CI: 'true' } }
    throws(() => partSkip('database', { parts: PARTS, machine: strict }), /failure under CI=true/)
    const tell = (line: string): void => void told.push(line)
    await ensureParts({ install: true, parts: PARTS, machine: strict, tell })
    match(told.join(), /What needs database fails: dbd is not installed/)
    const present = { ...world({ root: true, present: true }).machine, env: { CI: 'true' } }
    equal(partSkip('database', { parts: PARTS, machine: present }), false)
  })

  it('that apt cannot bring is told with what apt said', async () => {
    const here = world({ root: true, aptExit: 100 })
    await ensure(here, true)
    match(here.told.join('\n'), /apt-get could not install them:\nno such package\n.*is skipped/)
  })

  it('that nobody has listed is a skip with its remedy', () =>
    match(
      String(partSkip('ghost', { parts: PARTS, machine: world({ root: true }).machine })),
      /add it to tools\/setup\/parts\.mjs/,
    ))
})
