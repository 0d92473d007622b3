/**
 * setup/script: runs one of our own scripts as a person would, without colours.
 */
import { join } from 'node:path'
import { runTool } from '#setup/child'
import { ROOT } from '#setup/workspace'

export const runNodeScript = (
  script: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number; output: string; stdout: string }> =>
  runTool(process.execPath, [join(ROOT, script), ...flags], {
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
