/**
 * Stands in for TypeBox in the browser's files (vite.config.ts): the application takes types, paths and limits out of the
 * contract and checks nothing against its schemas, which the server does on both ways. TypeBox would be a tenth of all
 * that a first visit loads. Every schema is an empty object here.
 */
const schema = () => ({})

export default new Proxy({}, { get: () => schema })
