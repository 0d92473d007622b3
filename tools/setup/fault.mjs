/**
 * setup/fault: how a command says that it cannot go on.
 *
 * A fault is a sentence, a remedy and an exit code; the person who typed the command reads nothing
 * else. Exit codes: 1 the work failed, 2 the command was typed wrongly, 130 it was interrupted.
 */

export class CommandFault extends Error {
  /**
   * @param {string} sentence what is wrong, as one sentence
   * @param {string} remedy what to do about it, as one sentence or a command
   * @param {number} [exitCode]
   */
  constructor(sentence, remedy, exitCode = 1) {
    super(sentence)
    this.name = 'CommandFault'
    this.remedy = remedy
    this.exitCode = exitCode
  }
}
