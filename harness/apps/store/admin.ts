/** The default credentials of the store (PA-31). */
export const adminCredentials = { username: 'admin', password: 'password' }
