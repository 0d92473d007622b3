/**
 * house/lock: what is pinned stays pinned, and names no registry.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readText } from '#house/report'
import { readJson, workspacesOf } from '#setup/workspace'

const MANIFESTS = [
  'package.json',
  'bench/package.json',
  'tools/package.json',
  ...[...workspacesOf('packages'), ...workspacesOf('examples')].map(
    (folder) => `${folder}/package.json`,
  ),
]

describe('the dependencies', () => {
  it('are resolved without the host of a registry', () => {
    const hosts = readText('package-lock.json').match(/"resolved": "[a-z+]+:.*"/g) ?? []
    deepEqual(hosts, [])
  })

  it('are pinned to one version each', () => {
    const loose = MANIFESTS.flatMap((file) => {
      const { dependencies = {}, devDependencies = {} } = readJson(file)
      return Object.entries<string>({ ...dependencies, ...devDependencies })
        .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
        .map(([name, version]) => `${file}: ${name} ${version}`)
    })
    deepEqual(loose, [])
  })

  it('of the platform are small ones alone', () => {
    const { dependencies } = readJson('packages/troupe/package.json')
    const foreign = Object.keys(dependencies).filter((name) => !['croner', 'ws'].includes(name))
    deepEqual(foreign, [])
  })
})
