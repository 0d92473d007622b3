/**
 * start/systems: the list of systems, and what a wrong name gets to read.
 */
import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CommandFault } from '#setup/fault'
import { DEFAULT_SYSTEM, systemNamed, systems } from '#start/systems'
import { runNodeScript } from '#test/setup/script'

describe('the systems', () => {
  it('are found by the field "troupe" of their manifests', () => {
    const names = systems().map(({ name }) => name)
    deepEqual(
      ['hello', 'jobs', 'traffic'].filter((name) => !names.includes(name)),
      [],
    )
  })

  it('include the default one', () => equal(systemNamed(DEFAULT_SYSTEM).name, DEFAULT_SYSTEM))

  it('of another name are refused with the list of those there are', () =>
    throws(
      () => systemNamed('ghost'),
      (fault: unknown) => {
        if (!(fault instanceof CommandFault)) return false
        match(fault.message, /no system named ghost; there are: .*traffic/)
        return fault.exitCode === 2
      },
    ))

  it('are listed by npm start -- --list', async () => {
    const { exitCode, stdout } = await runNodeScript('tools/commands/start.mjs', ['--list'])
    equal(exitCode, 0)
    match(stdout, /^hello +\S/m)
    match(stdout, /^jobs +.*\(the default\)$/m)
    match(stdout, /^traffic +\S/m)
  })

  it('of another name end npm start with code 2 and no stack', async () => {
    const { exitCode, output } = await runNodeScript('tools/commands/start.mjs', ['ghost'])
    equal(exitCode, 2)
    match(output, /^Error: There is no system named ghost.*\nRemedy: .*\n$/)
  })

  it('that read no flags explain themselves all the same, and refuse what is typed', async () => {
    const help = await runNodeScript('tools/commands/start.mjs', ['hello', '--help'])
    equal(help.exitCode, 0)
    match(help.stdout, /^hello: .*\n\nUsage: npm start -- hello\n/)
    const { exitCode, output } = await runNodeScript('tools/commands/start.mjs', ['hello', '-x'])
    equal(exitCode, 2)
    match(output, /^Error: hello takes no flags; -x is not known\.\nRemedy: npm start -- hello\n$/)
  })
})
