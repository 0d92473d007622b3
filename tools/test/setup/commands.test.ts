/**
 * setup/commands: every npm script explains itself and refuses what it does not know.
 */
import { deepEqual, equal, match } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readJson } from '#setup/workspace'
import { runNodeScript } from '#test/setup/script'

const COMMANDS = [
  'acceptance',
  'build',
  'check',
  'coverage',
  'etcd',
  'format',
  'integration',
  'simulate',
  'soak',
  'start',
  'test',
] as const

/** A colon cannot stand in a target. */
const targetOf = (script: string): string =>
  script.startsWith('etcd:') ? `${script.slice(5)}-etcd` : script.replace(':', '-')

describe('the npm scripts', () => {
  it('are also the targets of the Makefile', async () => {
    const { readText } = await import('#house/report')
    const lists = [...readText('Makefile').matchAll(/^\.PHONY: (.*)$/gm)]
    const targets = lists.flatMap(([, names = '']) => names.split(' '))
    const scripts = Object.keys(readJson('package.json').scripts).map(targetOf)
    deepEqual(targets.sort(), [...scripts, 'clean'].sort())
  })

  for (const command of COMMANDS) {
    it(`explain themselves: ${command}`, async () => {
      const { exitCode, stdout } = await runNodeScript(`tools/commands/${command}.mjs`, ['--help'])
      equal(exitCode, 0)
      match(stdout, /Usage: npm /)
      match(stdout, /--help/)
    })
  }

  for (const command of COMMANDS.filter((name) => name !== 'start')) {
    it(`refuse an unknown flag with code 2 and no stack: ${command}`, async () => {
      const script = `tools/commands/${command}.mjs`
      const { exitCode, output } = await runNodeScript(script, ['--wrong'])
      equal(exitCode, 2)
      match(output, /^Error: Unknown option '--wrong'\.\nRemedy: .*--help\n$/)
    })
  }

  const refused = {
    soak: ['--minutes', 'many'],
    simulate: ['--seeds', 'many'],
    acceptance: [],
  }
  for (const [command, flags] of Object.entries(refused)) {
    it(`refuse a wrong value with a remedy: ${command}`, async () => {
      const { exitCode, output } = await runNodeScript(`tools/commands/${command}.mjs`, flags)
      equal(exitCode, 2)
      match(output, /^Error: .*\nRemedy: .*\n$/)
    })
  }
})
