// What the drawing tool says, in Chinese, in the words of docs/glossary.md. The key is the tool's English text.
const TRIGGERS = {
  Message: '消息', Timer: '定时', Conditional: '条件', Signal: '信号', Error: '错误', Escalation: '升级', Compensation: '补偿',
  Cancel: '取消', Link: '链接', Terminate: '终止',
};
const EVENTS = {
  'start event': '开始事件', 'end event': '结束事件', 'boundary event': '边界事件', 'intermediate catch event': '中间捕获事件',
  'intermediate throw event': '中间抛出事件',
};
const NODES = {
  Task: '任务', 'User task': '用户任务', 'Service task': '服务任务', 'Send task': '发送任务', 'Receive task': '接收任务',
  'Manual task': '线下任务', 'Business rule task': '决策任务', 'Script task': '脚本任务', 'Call activity': '调用流程',
  'Sub-process': '子流程', 'Sub-process (collapsed)': '子流程（收起）', 'Sub-process (expanded)': '子流程（展开）',
  'Collapsed Sub Process': '子流程（收起）', 'Expanded Sub Process': '子流程（展开）', 'Sub Process': '子流程',
  'Event sub-process': '事件子流程', 'Event Sub Process': '事件子流程', Transaction: '事务',
  'Ad-hoc sub-process': '自由子流程', 'Ad-hoc sub-process (collapsed)': '自由子流程（收起）', 'Ad-hoc sub-process (expanded)': '自由子流程（展开）',
  'Collapsed Ad Hoc Sub Process': '自由子流程（收起）', 'Expanded Ad Hoc Sub Process': '自由子流程（展开）',
  'Exclusive gateway': '排他网关', 'Parallel gateway': '并行网关', 'Inclusive gateway': '包容网关', 'Complex gateway': '复杂网关',
  'Event-based gateway': '事件网关', 'Event Based Gateway': '事件网关',
  'Event based instantiating Gateway': '启动流程的事件网关', 'Parallel Event based instantiating Gateway': '启动流程的并行事件网关',
  'Sequence flow': '顺序流', 'Conditional flow': '带条件的顺序流', 'Default flow': '默认顺序流', 'Message flow': '消息流', Association: '关联',
  'Data object reference': '数据对象', 'Data store reference': '数据存储', 'Data input': '数据输入', 'Data output': '数据输出',
  'Data Input Association': '数据输入关联', 'Data Output Association': '数据输出关联',
  'Text annotation': '批注', Group: '分组', Lane: '泳道', Participant: '泳池', Process: '流程', Collaboration: '协作',
  'Empty pool/participant': '空泳池', 'Expanded pool/participant': '泳池（展开）',
};
const TOOLS = {
  'Activate hand tool': '移动画布', 'Activate lasso tool': '框选', 'Activate create/remove space tool': '增减空白',
  'Activate global connect tool': '连线', 'Create start event': '开始事件', 'Create intermediate/boundary event': '中间事件或边界事件',
  'Create end event': '结束事件', 'Create gateway': '网关', 'Create task': '任务', 'Create data object reference': '数据对象',
  'Create data store reference': '数据存储', 'Create expanded sub-process': '子流程（展开）', 'Create pool/participant': '泳池',
  'Create group': '分组', 'Append end event': '接结束事件', 'Append gateway': '接网关', 'Append task': '接任务',
  'Append intermediate/boundary event': '接中间事件', 'Append compensation activity': '接补偿步骤',
  'Append conditional intermediate catch event': '接条件捕获事件', 'Append message intermediate catch event': '接消息捕获事件',
  'Append receive task': '接接收任务', 'Append signal intermediate catch event': '接信号捕获事件',
  'Append timer intermediate catch event': '接定时捕获事件', 'Add text annotation': '加批注', 'Connect to other element': '连到另一个元素',
  'Connect using association': '用关联连接', 'Connect using data input association': '用数据输入关联连接', 'Change element': '改变类型',
  'Change type': '改变类型', Delete: '删除', Remove: '删除', 'Add lane above': '在上方加泳道', 'Add lane below': '在下方加泳道',
  'Divide into two lanes': '分成两条泳道', 'Divide into three lanes': '分成三条泳道', 'Align elements': '对齐', 'Align elements left': '左对齐',
  'Align elements center': '水平居中', 'Align elements right': '右对齐', 'Align elements top': '顶端对齐', 'Align elements middle': '垂直居中',
  'Align elements bottom': '底端对齐', 'Distribute elements horizontally': '横向等距', 'Distribute elements vertically': '纵向等距',
  'Toggle non-interrupting': '切换是否中断', 'Parallel multi-instance': '并行多实例', 'Sequential multi-instance': '逐个多实例',
  'Participant multiplicity': '多个参与者', Loop: '循环', Collection: '集合', 'Search in diagram': '在图中查找', Search: '查找',
  'Open minimap': '打开缩略图', 'Close minimap': '收起缩略图', 'Open {element}': '打开{element}', Create: '新建',
  'flow elements must be children of pools/participants': '流程元素要放在泳池里', 'Data object must be placed within a pool/participant.': '数据对象要放在泳池里。',
  'flow elements must be children of pools/participants.': '流程元素要放在泳池里。', 'out of bounds release': '放到了画布以外',
};
const PANEL = {
  General: '常规', Documentation: '说明', 'Element documentation': '元素说明', 'Process documentation': '流程说明', Name: '名称', ID: '编号',
  Type: '类型', Value: '值', Source: '来源', Target: '目标', Label: '标签', Key: '键', Code: '代码', Executable: '可执行',
  'Process ID': '流程编号', 'Process name': '流程名称', 'Participant Name': '泳池名称', 'Participant ID': '泳池编号', Format: '格式',
  'Version tag': '版本标记', Implementation: '实现方式', Assignment: '办理人', Assignee: '办理人', 'Candidate groups': '候选岗位',
  'Candidate users': '候选人员', 'Due date': '到期时间', 'Follow up date': '跟进时间', Priority: '优先级', Form: '表单', 'Form ID': '表单编号',
  'Camunda Form': '表单', 'Camunda Form (linked)': '表单（引用）', 'Camunda Form (embedded)': '表单（写在图中）', 'Camunda Forms': '表单',
  'Form JSON configuration': '表单 JSON', 'Custom form key': '自定义表单键', 'External form reference': '外部表单', 'Form key': '表单键',
  'Form reference': '表单编号', 'Embedded or External Task Forms': '外部表单', 'Generated Task Forms': '生成的表单', 'Form fields': '表单字段',
  Binding: '绑定', latest: '最新版', deployment: '同次部署', 'version tag': '版本标记', version: '版本', versionTag: '版本标记', Version: '版本',
  'Camunda user task': '用户任务', 'Job worker': '作业程序', 'DMN decision': 'DMN 决策', 'FEEL expression': 'FEEL 表达式', '<none>': '（无）',
  '<empty>': '（空）', '<custom type>': '（自定义类型）', 'Called decision': '决策', 'Decision ID': '决策编号', 'Decision reference': '决策编号',
  'Result variable': '结果变量', 'Called element': '被调用的流程', 'Input propagation': '变量传入', 'Output propagation': '变量传出',
  'Propagate all parent process variables': '传入全部变量', 'Propagate all child process variables': '传出全部变量', 'Propagate all variables': '传递全部变量',
  'Input mapping': '输入映射', 'Output mapping': '输出映射', Inputs: '输入', Outputs: '输出', Headers: '消息头', 'Task definition': '作业定义',
  'Job type': '作业类型', Retries: '重试次数', 'Task listeners': '任务监听器', 'Execution listeners': '执行监听器', 'Event type': '事件类型',
  'Listener type': '监听器类型', 'Listener ID': '监听器编号', 'Extension properties': '扩展属性', Properties: '属性', Condition: '条件',
  'Condition expression': '条件表达式', 'Condition Expression': '条件表达式', 'Variable name': '变量名', 'Variable names': '变量名',
  'Variable events': '变量事件', 'Variable assignment value': '变量的值', 'Local variable name': '局部变量名',
  Timer: '定时', Date: '日期', Duration: '时长', Cycle: '周期', Message: '消息', 'Global message reference': '消息',
  'Subscription correlation key': '关联键', 'Business key': '业务键', Signal: '信号', 'Global signal reference': '信号',
  Error: '错误', 'Global error reference': '错误', 'Throw expression': '抛出表达式', 'Code variable': '代码变量', 'Message variable': '消息变量',
  Escalation: '升级', 'Global escalation reference': '升级', Link: '链接', Compensation: '补偿', 'Activity reference': '补偿的步骤',
  'Wait for completion': '等待完成', 'Create new ...': '新建…', 'Multi-instance': '多实例', 'Loop cardinality': '次数', 'Input collection': '输入集合',
  'Input element': '输入元素', 'Output collection': '输出集合', 'Output element': '输出元素', 'Completion condition': '完成条件', Completion: '完成',
  'Cancel remaining instances': '取消其余的', 'Element variable': '元素变量', 'Active elements': '激活的元素', 'Active elements collection': '激活元素的集合',
  Script: '脚本', 'Script type': '脚本类型', 'Inline script': '脚本内容', Expression: '表达式', 'FEEL': 'FEEL', Resource: '资源', Tasklist: '任务列表',
  Startable: '可以启动', 'Job execution': '作业执行', 'Candidate starter': '可启动的人', 'Candidate starter groups': '可启动的岗位',
  'Candidate starter users': '可启动的人员', 'External task': '外部任务', 'History cleanup': '历史清理', 'Time to live': '保留天数',
  'Asynchronous continuations': '异步执行', 'Asynchronous before': '之前异步', 'Asynchronous after': '之后异步', Exclusive: '排他', Before: '之前',
  After: '之后', 'User assignment': '办理人', Forms: '表单', Topic: '主题', 'Delegate expression': '委托表达式', 'Java class': 'Java 类', 'Start initiator': '发起人',
  Initiator: '发起人', 'Field injections': '字段注入', 'In mappings': '传入映射', 'Out mappings': '传出映射', 'In mapping propagation': '全部传入',
  'Out mapping propagation': '全部传出', 'Business key expression': '业务键表达式', 'Tenant ID': '租户', Local: '局部',
  'Source expression': '来源表达式', 'Assignment type': '赋值方式', 'String or expression': '文字或表达式', List: '列表', Map: '映射', Values: '值',
  'List values': '列表值', 'Map entries': '映射项', 'Process variables': '流程变量', Scope: '范围', 'Created in': '产生于', Errors: '错误', start: '开始',
  end: '结束', create: '新建', delete: '删除', update: '更新', complete: '完成', assignment: '指派', timeout: '超时', take: '经过', On: '开', Off: '关',
  creating: '创建中', assigning: '指派中', updating: '更新中', completing: '完成中', canceling: '取消中',
  'Select an element to edit its properties.': '选中一个元素，编辑它的属性。',
  'Multiple elements are selected. Select a single element to edit its properties.': '选中了多个元素；请只选一个。',
  'ID must not be empty.': '编号不能为空。', 'ID must be unique.': '编号不能重复。', 'ID must not contain spaces.': '编号不能有空格。',
  'ID must not contain prefix.': '编号不能有前缀。', 'ID must be a valid QName.': '编号以字母或下划线开头，只有字母、数字、下划线、点和短横。',
  'Uses the most recent deployed resource.': '用最新部署的。', 'Uses the resource found in the same deployment.': '用同次部署的。',
  'Uses the most recent deployed resource with the given version tag.': '用带此版本标记的最新一个。',
  'A specific point in time defined as ISO 8601 combined date and time representation.': '一个时刻，ISO 8601 日期时间。',
  'A time duration defined as ISO 8601 durations format.': '一段时长，ISO 8601，例如 PT24H。',
  'A cycle defined as ISO 8601 repeating intervals format.': '重复的间隔，ISO 8601，例如 R3/PT1H。',
  'A cycle defined as ISO 8601 repeating intervals format, or a cron expression.': '重复的间隔，ISO 8601，例如 R3/PT1H。',
  'Create new list item': '新增一项', 'Delete item': '删除这一项', 'Toggle list item': '展开或收起', 'Toggle section': '展开或收起',
  'Section contains edits': '有内容', 'Section contains an error': '有错误', 'Open documentation': '打开说明', 'Open pop-up editor': '在大窗口中编辑',
  'Opened in editor': '正在大窗口中编辑', 'JSON contains errors': 'JSON 有误', 'FEEL expression is mandatory': '必须是 FEEL 表达式',
  'Unparsable FEEL expression.': 'FEEL 表达式有误。', Close: '关闭', 'Learn more.': '详细说明。', 'Timer documentation': '定时的写法', 'How to configure a timer': '怎样写定时',
  '15 seconds': '15 秒', '1 hour and 30 minutes': '1 小时 30 分', '14 days': '14 天', 'UTC time': '协调世界时', 'UTC plus 2 hours zone offset': '东二区时间',
  'every 10 seconds, up to 5 times': '每 10 秒一次，最多 5 次', 'every day, infinitely': '每天一次，不停',
  'every hour on the hour from 9-5 p.m. UTC Monday-Friday': '周一至周五每个整点',
  'If turned on, all variables from the parent process instance will be propagated to the child process instance.': '打开后，全部变量传给被调用的流程。',
  'Otherwise, only variables defined via input mappings will be propagated.': '否则只传输入映射里的。',
  'If turned on, all variables from the child process instance will be propagated to the parent process instance.': '打开后，被调用流程的全部变量传回来。',
  'Otherwise, only variables defined via output mappings will be propagated.': '否则只传回输出映射里的。',
  'Process variable name': '变量名', 'Click to set a dynamic value with FEEL expression': '改用 FEEL 表达式', 'Click to remove dynamic value with FEEL expression': '改用固定值',
};

/** Every kind of event with each trigger, interrupting or not, as menus and the panel write them. */
function events() {
  const found = {};
  const name = (label, chinese) => {
    found[label] = chinese;
    found[`${label} (non-interrupting)`] = `${chinese}（不中断）`;
    found[`${label} (non interrupting)`] = `${chinese}（不中断）`; // the panel writes it so; case does not matter
  };
  for (const [event, chinese] of Object.entries(EVENTS)) {
    name(event, chinese);
    for (const [trigger, what] of Object.entries(TRIGGERS)) name(`${trigger} ${event}`, `${what}${chinese}`);
  }
  return found;
}

export const WORDS = { ...events(), ...NODES, ...TOOLS, ...PANEL };
