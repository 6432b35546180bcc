import { isObject, type JsonObject, parseObject, textMember } from '../json';
import { MAX_GRAPH_NODES } from '../limits';
import { exifText, type MetadataView, type Placed, settingsTexts, textOf, whereText } from '../view';
import type { TraceDetector } from './trace';

/** Inputs of loader nodes that name the model, the surest first: `model_name` is also an upscaler's. */
const MODEL_INPUTS = ['ckpt_name', 'unet_name', 'checkpoint', 'model_name'];

/** Members that Civitai's generator puts beside the nodes of a graph. */
const BESIDE_NODES = new Set(['extra', 'extraMetadata']);

/**
 * ComfyUI: PNG texts `prompt` (graph to run: id -> class_type, inputs) and `workflow` (graph as
 * drawn: nodes, links). In WebP the same stand in EXIF Make, Model and ImageDescription behind
 * `prompt:` and `workflow:`. Only a well-formed graph counts.
 */
export const comfyui: TraceDetector = {
  id: 'comfyui',
  find(view) {
    for (const { text, where } of candidates(view)) {
      const json = parseObject(text);
      if (json === null) continue;
      const model = promptModel(json) ?? workflowModel(json);
      if (model === null) continue;
      return { kind: 'generated', generator: 'ComfyUI', where, weight: 2, ...(model ? { model } : {}) };
    }
    return null;
  },
};

function candidates(view: MetadataView): Placed[] {
  const placed: Placed[] = [];
  for (const keyword of ['prompt', 'workflow']) {
    const entry = textOf(view, keyword);
    if (entry) placed.push({ text: entry.text, where: whereText(entry) });
  }
  for (const tag of ['Model', 'Make', 'ImageDescription']) {
    const body = /^(?:prompt|workflow):\s*(\{[\s\S]*)$/i.exec(exifText(view, tag) ?? '')?.[1];
    if (body) placed.push({ text: body, where: `EXIF ${tag}` });
  }
  // Civitai keeps the bare graph in the comment, save nodes of the community both graphs under their names.
  for (const { text, where } of settingsTexts(view, 'comment')) {
    placed.push({ text, where });
    const json = parseObject(text);
    for (const name of ['prompt', 'workflow']) {
      const inner = json?.[name];
      if (isObject(inner)) placed.push({ text: JSON.stringify(inner), where });
    }
  }
  return placed;
}

/** The model's file name, '' for a graph that names none, or null where this is no executable graph. */
function promptModel(graph: JsonObject): string | null {
  const nodes = Object.entries(graph)
    .slice(0, MAX_GRAPH_NODES)
    .filter(([name]) => !BESIDE_NODES.has(name));
  if (nodes.length === 0) return null;
  const found = new Map<string, string>();
  for (const [, node] of nodes) {
    if (!isObject(node) || textMember(node, 'class_type') === null || !isObject(node.inputs)) return null;
    for (const input of MODEL_INPUTS) {
      const file = textMember(node.inputs, input);
      if (file !== null && !found.has(input)) found.set(input, file);
    }
  }
  return MODEL_INPUTS.map((input) => found.get(input)).find((file) => file !== undefined) ?? '';
}

/** Likewise for the drawn graph, whose loaders hold their file name among the widget values. */
function workflowModel(graph: JsonObject): string | null {
  if (!Array.isArray(graph.nodes) || graph.nodes.length === 0 || !Array.isArray(graph.links)) return null;
  let model = '';
  for (const node of graph.nodes.slice(0, MAX_GRAPH_NODES)) {
    if (!isObject(node) || textMember(node, 'type') === null) return null;
    const values: readonly unknown[] = Array.isArray(node.widgets_values) ? node.widgets_values : [];
    const file = values.find(
      (value) => typeof value === 'string' && /\.(safetensors|ckpt|gguf|sft)$/i.test(value),
    );
    if (/Loader/.test(String(node.type)) && typeof file === 'string') model ||= file;
  }
  return model;
}
