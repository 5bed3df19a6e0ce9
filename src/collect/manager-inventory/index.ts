export { askInventory } from './ask-inventory';
export type { BrokerFound, DatabaseFound, Inventory, ManagerFound, Part } from './inventory';
export { renderTarget, type RenderOptions } from './render-target';
export type { InventoryQuestion } from './session';
