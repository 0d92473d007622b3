/**
 * setup/parts: programs of the operating system that tests need.
 *
 * As root on a machine with apt the set-up installs them and says so; elsewhere, or with
 * `--no-install`, what needs them is skipped with the reason and the command; under CI=true it
 * fails: what cannot run there was never shown to work. What the machine is and can do is an
 * argument, so that a test needs no machine without the program.
 */
import { accessSync, constants, existsSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runTool, tailOf } from './child.mjs'
import { say, step } from './console.mjs'
import { CommandFault } from './fault.mjs'

/**
 * @typedef {object} Part
 * @property {string} program its presence on the PATH is the presence of the part
 * @property {readonly string[]} packages Debian packages that bring it
 * @property {readonly string[]} [services] what its packages would start, now and at each boot
 * @property {string} [variable] of the environment; set, it names another program in its place
 */

/**
 * Every part that a test asks for, by name.
 *
 * @type {Readonly<Record<string, Part>>}
 */
export const PARTS = Object.freeze({
  chromium: { program: 'chromium', packages: ['chromium'] },
  etcd: { program: 'etcd', packages: ['etcd-server'], variable: 'TROUPE_ETCD', services: ['etcd'] },
  etcdctl: { program: 'etcdctl', packages: ['etcd-client'] },
  prometheus: { program: 'prometheus', packages: ['prometheus'], services: ['prometheus'] },
  promtool: { program: 'promtool', packages: ['prometheus'], services: ['prometheus'] },
  iproute2: { program: 'ip', packages: ['iproute2'] },
})

/**
 * @typedef {object} Machine
 * @property {(program: string) => boolean} has
 * @property {NodeJS.ProcessEnv} [env] default none
 * @property {boolean} root may install
 * @property {(flags: readonly string[]) => Promise<{ exitCode: number, output: string }>} apt
 * @property {(service: string) => boolean} [mask] keeps systemd from starting it; false: no need
 */

/** @typedef {{ parts?: Readonly<Record<string, Part>>, machine?: Machine }} World */

/** @param {string} program */
function onPath(program) {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** @type {Machine} */
const THIS_MACHINE = {
  has: onPath,
  env: process.env,
  root: process.getuid?.() === 0,
  apt: (flags) =>
    runTool('apt-get', flags, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }),
  mask: (service) => maskService(service),
}

/**
 * Tests need programs, not servers that take ports of the machine: what a package would start is
 * masked before it comes, which holds for later boots, too.
 *
 * @param {string} service
 */
function maskService(service) {
  const unit = `/etc/systemd/system/${service}.service`
  if (!existsSync('/run/systemd/system') || existsSync(unit)) return false
  symlinkSync('/dev/null', unit)
  return true
}

/** @type {(part: Part, machine: Machine) => boolean} */
const isPresent = ({ program, variable = '' }, machine) =>
  (machine.env?.[variable] ?? '') !== '' || machine.has(program)

/** @param {readonly string[]} packages */
const commandFor = (packages) => `sudo apt-get install -y ${packages.join(' ')}`

/**
 * Why something that needs a part cannot run, in the form node:test takes for `skip`. Throws it
 * under CI=true.
 *
 * @param {string} name key of PARTS
 * @param {World} [world]
 * @returns {string | false}
 */
export function partSkip(name, { parts = PARTS, machine = THIS_MACHINE } = {}) {
  const reason = whyAbsent(name, { parts, machine })
  if (reason !== false && machine.env?.['CI'] === 'true') {
    const sentence = `what needs ${name} cannot run, which is a failure under CI=true: ${reason}`
    throw new CommandFault(sentence, reason)
  }
  return reason
}

/** @type {(name: string, world: Required<World>) => string | false} */
function whyAbsent(name, { parts, machine }) {
  const part = parts[name]
  if (part === undefined) return `no part is named ${name}: add it to tools/setup/parts.mjs`
  if (isPresent(part, machine)) return false
  return `${part.program} is not installed; install it with: ${commandFor(part.packages)}`
}

/**
 * Installs what is absent where that is possible, and otherwise says what will be skipped.
 *
 * @param {{ install: boolean, parts?: Readonly<Record<string, Part>>, machine?: Machine,
 *   tell?: (line: string) => void }} options
 */
export async function ensureParts(options) {
  const { install, parts = PARTS, machine = THIS_MACHINE, tell = say } = options
  const absent = Object.entries(parts).filter(([, part]) => !isPresent(part, machine))
  if (absent.length === 0) return
  const packages = absent.flatMap(([, part]) => part.packages)
  if (install && machine.root && machine.has('apt-get')) {
    for (const service of absent.flatMap(([, part]) => part.services ?? [])) {
      if (machine.mask?.(service) !== true) continue
      tell(`The service ${service} will not start by itself; undo: systemctl unmask ${service}`)
    }
    await installPackages(packages, machine, tell)
  }
  for (const [name] of absent) {
    const reason = whyAbsent(name, { parts, machine })
    const verdict = machine.env?.['CI'] === 'true' ? 'fails' : 'is skipped'
    if (reason !== false) tell(`What needs ${name} ${verdict}: ${reason}`)
  }
}

/**
 * @param {readonly string[]} packages
 * @param {Machine} machine
 * @param {(line: string) => void} tell
 */
async function installPackages(packages, machine, tell) {
  tell(`Installing Debian packages: ${packages.join(' ')} (decline with --no-install)`)
  const { exitCode, output } = await step('installing Debian packages', async () => {
    const updated = await machine.apt(['update'])
    if (updated.exitCode !== 0) return updated
    return machine.apt(['install', '-y', '--no-install-recommends', ...packages])
  })
  if (exitCode !== 0) tell(`apt-get could not install them:\n${tailOf(output, 6)}`)
}
