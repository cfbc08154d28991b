// Package azure evaluates Azure role-based access control by Microsoft's documented rules, one layer per file: patterns of
// actions, what roles allow, scopes and what lies above them, conditions, deny assignments, and how they decide together. It
// is pure and knows no graph.
//
// "How Azure RBAC determines if a user has access to a resource": https://learn.microsoft.com/azure/role-based-access-control/overview
package azure
