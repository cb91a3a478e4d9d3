// NiceGUI's chart, which may be left before it is drawn: its own throws then, for there is nothing to dispose of.
import { echarts } from "nicegui-echart";

export default {
  template: "<div></div>",
  async mounted() {
    await new Promise((laidOut) => setTimeout(laidOut, 0));
    if (this.left) return;
    this.chart = echarts.init(this.$el, null, { renderer: this.renderer });
    this.watcher = new ResizeObserver(() => this.chart.resize());
    this.watcher.observe(this.$el);
    this.update_chart();
  },
  beforeUnmount() {
    this.left = true;
    this.watcher?.disconnect();
    this.chart?.dispose();
  },
  methods: {
    update_chart() {
      this.chart?.setOption(this.options);
    },
  },
  props: { options: Object, renderer: String, enable3d: Boolean, theme: String },
};
