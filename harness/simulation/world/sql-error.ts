/** What PostgreSQL reports, with the code by which a client tells it. */
class SqlError extends Error {
  override name = 'error'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export const deadlock = () => new SqlError('40P01', 'deadlock detected')
export const statementTimeout = () => new SqlError('57014', 'canceling statement due to statement timeout')
export const tooManyClients = () => new SqlError('53300', 'sorry, too many clients already')
export const readOnly = (command: string) =>
  new SqlError('25006', `cannot execute ${command} in a read-only transaction`)
export const transactionAborted = () =>
  new SqlError('25P02', 'current transaction is aborted, commands ignored until end of transaction block')
export const checkViolated = (table: string, constraint: string) =>
  new SqlError('23514', `new row for relation "${table}" violates check constraint "${constraint}"`)
export const foreignKeyViolated = (table: string, constraint: string) =>
  new SqlError('23503', `insert or update on table "${table}" violates foreign key constraint "${constraint}"`)
