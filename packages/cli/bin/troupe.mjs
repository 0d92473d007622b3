#!/usr/bin/env node
/**
 * bin/troupe: the command. Says which Node it needs before anything else is read.
 *
 * Plain JavaScript without new syntax, so that an old Node can read this file and say so.
 */
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Error: troupe needs Node 20.19 or later; this is ${process.version}.\n`)
  process.exit(1)
}
const { enableCompileCache } = await import('node:module')
// There from Node 22.8 on: the second start reads what the first has compiled.
enableCompileCache?.()
const { runInTerminal } = await import('#cli/index')
await runInTerminal()
