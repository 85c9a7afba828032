import adapter from '@sveltejs/adapter-node'

/** Assets carry a hash of their content in their names, so pages of two releases can ask for them side by side. */
export default { kit: { adapter: adapter() } }
